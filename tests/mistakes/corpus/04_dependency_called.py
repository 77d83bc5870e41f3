# mistake: the dependency is called, and its result handed to Depends
# asked: https://docs.telusko.com/docs/fastapi/architecture-and-best-practices/common-beginner-mistakes-and-how-to-avoid-them
# remedy: Depends(get_settings)
# trigger: import
from fastapi import Depends, FastAPI

app = FastAPI()


def get_settings():
    return {"currency": "EUR"}


@app.get("/price")  # <-
def read_price(settings: dict = Depends(get_settings())):  # <-
    return settings["currency"]

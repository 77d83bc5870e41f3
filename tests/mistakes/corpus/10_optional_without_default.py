# mistake: a parameter that may be left out has no default
# asked: https://github.com/pydantic/pydantic/issues/8264
# remedy: q: str | None = None
# trigger: GET /items
from fastapi import FastAPI

app = FastAPI()


@app.get("/items")  # <-
def list_items(q: str | None):  # <-
    return {"q": q}

# mistake: the decorator has no parentheses and no path
# remedy: @app.get("/items")
# trigger: GET /items
from fastapi import FastAPI

app = FastAPI()


@app.get  # <-
def items():  # <-
    return []

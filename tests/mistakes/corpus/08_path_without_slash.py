# mistake: the path does not begin with a slash
# remedy: "/items"
# trigger: GET /items
from fastapi import FastAPI

app = FastAPI()


@app.get("items")  # <-
def list_items():
    return []

# mistake: a list for the query has no Query(), and so is a body
# asked: https://github.com/fastapi/fastapi/issues/1403
# remedy: tags: list[str] = Query()
# trigger: GET /items?tags=a&tags=b
from fastapi import FastAPI

app = FastAPI()


@app.get("/items")  # <-
def list_items(tags: list[str]):  # <-
    return tags

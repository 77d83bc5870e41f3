# mistake: the parameter is not called as it is in the path
# asked: https://ai-develop.top/article/1766217175675?lang=en
# remedy: did you mean 'item_id'
# trigger: GET /items/1
from fastapi import FastAPI

app = FastAPI()


@app.get("/items/{item_id}")  # <-
def read_item(id: int):  # <-
    return {"id": id}

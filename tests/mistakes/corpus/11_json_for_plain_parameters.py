# mistake: the client sends JSON, and the parameters are plain types, which are read from the query
# asked: https://ai-develop.top/article/1766217175675?lang=en
# remedy: Body() | BaseModel
# trigger: POST /items json {"name": "pen", "price": 2.5}
from fastapi import FastAPI

app = FastAPI()


@app.post("/items")  # <-
def create_item(name: str, price: float):  # <-
    return {"name": name, "price": price}

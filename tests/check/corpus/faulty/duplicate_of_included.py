from fastapi import APIRouter, FastAPI

app = FastAPI()
items = APIRouter(prefix="/items")


@items.get("/{item_id}")
def read(item_id: int) -> int:
    return item_id


app.include_router(items)


@app.get("/items/{number}")  # SW102
def read_again(number: int) -> int:
    return number

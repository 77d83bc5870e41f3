from fastapi import FastAPI

from secret_nested.models import Order

app = FastAPI()


@app.get("/orders/{order_id}")  # SW501
async def order(order_id: int) -> Order | None:
    print(order_id)

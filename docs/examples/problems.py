from typing import Annotated

from pydantic import BaseModel, Field

from straightway import Depends, Header, Problem, Straightway
from straightway.problems import NotFound, Unauthorized, raises

app = Straightway(problem_details=True)


class OutOfStock(Problem):
    """There is less left than was ordered."""

    status = 409
    type = "https://cakes.example/problems/out-of-stock"
    title = "Out of stock"
    sku: str
    available: Annotated[int, Field(ge=0)]


class Order(BaseModel):
    sku: str
    pieces: Annotated[int, Field(gt=0)]


SHELF = {"sachertorte": 12}


@raises(Unauthorized)
def customer(x_customer: Annotated[str | None, Header()] = None) -> str:
    if x_customer is None:
        raise Unauthorized(detail="Say who you are.", headers={"WWW-Authenticate": "Customer"})
    return x_customer


@app.post("/orders", status_code=201, dependencies=[Depends(customer)], raises=[NotFound, OutOfStock])
def order(order: Order) -> Order:
    available = SHELF.get(order.sku)
    if available is None:
        raise NotFound(detail=f"There is no {order.sku}.")
    if order.pieces > available:
        raise OutOfStock(sku=order.sku, available=available, detail=f"{available} pieces are left.")
    return order

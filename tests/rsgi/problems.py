"""An application that answers every error with problem details, and fails in most ways."""

from pydantic import BaseModel

from straightway import HTTPException, Problem, Straightway

app = Straightway(problem_details=True)


class OutOfStock(Problem):
    """There is not enough left."""

    status = 409
    type = "https://shop.example/problems/out-of-stock"
    title = "Out of stock"
    sku: str


class Order(BaseModel):
    """What is sent."""

    sku: str
    pieces: int


@app.post("/orders")
async def order(order: Order):
    """Refuse every order."""
    raise OutOfStock(sku=order.sku, detail="None left")


@app.get("/orders/{number}")
def read_order(number: int):
    """Refuse one and fail at the others."""
    if number == 1:
        raise HTTPException(403, {"code": 7}, headers={"X-A": "1"})
    raise ValueError("secret")


@app.post("/limited", max_body_size=10)
async def limited(order: Order):
    """Take small bodies only."""

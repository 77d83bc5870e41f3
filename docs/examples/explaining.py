from collections.abc import Iterator
from typing import Annotated

from pydantic import BaseModel

from straightway import Depends, Header, Request, Straightway
from straightway.middleware.gzip import GZipMiddleware
from straightway.responses import JSONResponse
from straightway.security import OAuth2PasswordBearer

app = Straightway(max_body_size=100_000)
app.add_middleware(GZipMiddleware, minimum_size=500)
bearer = OAuth2PasswordBearer(tokenUrl="token")


class Order(BaseModel):
    cake: str
    pieces: int = 1


class SoldOutError(Exception):
    """There is no such cake left."""


@app.exception_handler(SoldOutError)
async def sold_out(request: Request, error: SoldOutError) -> JSONResponse:
    return JSONResponse({"path": request.url.path, "cake": str(error)}, status_code=409)


def connection() -> Iterator[str]:
    yield "a connection"


def customer(token: Annotated[str, Depends(bearer)], database: Annotated[str, Depends(connection)]) -> str:
    return f"{token} of {database}"


@app.get("/orders/{number:int}")
def read_order(number: int, database: Annotated[str, Depends(connection)]) -> Order:
    return Order(cake=f"Sachertorte of {database}", pieces=number)


@app.post("/orders/{number}", status_code=201)
def change_order(
    number: int,
    order: Order,
    who: Annotated[str, Depends(customer)],
    database: Annotated[str, Depends(connection)],
    dry: bool = False,
    x_trace: Annotated[str | None, Header()] = None,
) -> Order:
    if order.pieces > 12 and not dry:
        raise SoldOutError(order.cake)
    return Order(cake=f"{order.cake} {number} for {who}, {x_trace}, {database}")


@app.get("/cakes/{name}")
def read_cake(name: str):
    return {"name": name}


@app.get("/cakes/favourite")
def favourite_cake():
    return {"name": "Sachertorte"}

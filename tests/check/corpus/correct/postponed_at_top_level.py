from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, FastAPI

if TYPE_CHECKING:
    from decimal import Decimal

app = FastAPI()


def current_user() -> str:
    return "ann"


User = Annotated[str, Depends(current_user)]


def create() -> FastAPI:
    inner = FastAPI()

    def local() -> str:
        return "x"

    @inner.get("/me")
    def me(user: User, price: Decimal | None = None) -> str:
        return user

    @inner.get("/local")
    def default(value: str = Depends(local)) -> str:
        return value

    return inner

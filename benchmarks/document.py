"""`python -m benchmarks.document`: how long the OpenAPI document takes to make, by number of routes.

The routes share a dependency and an error model; each has a model of its own, which is where the time goes.
"""

import statistics
import time
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BaseModel, create_model

from straightway import Depends, Query, Straightway

SIZES = (125, 250, 500, 1000)
REPEATS = 5


class Failure(BaseModel):
    """What goes wrong, for people."""

    message: str
    retry: bool = False


class Page(BaseModel):
    """Which part of a list is wanted."""

    limit: Annotated[int, Query(ge=1, le=100)] = 20
    offset: int = 0
    order: str = "name"


def current_user(token: str = "", tenant: str | None = None) -> str:
    """Depend on two parameters, as nearly every endpoint of an application does."""
    return f"{token}{tenant}"


def application(routes: int) -> Straightway:
    """Return an application of `routes` endpoints."""
    app = Straightway()
    for number in range(routes):
        model = create_model(f"Item{number}", name=(str, ...), price=(float, 1.5), stock=(int, 0))
        app.post(f"/items{number}/{{item_id}}", responses={404: {"model": Failure}})(_endpoint(number, model))
    return app


def _endpoint(number: int, model: type[BaseModel]) -> Callable[..., Any]:
    def endpoint(
        item_id: int, item: Any, page: Annotated[Page, Query()], user: str = Depends(current_user)
    ) -> Any:
        return item_id, item, page, user

    endpoint.__name__ = f"change_item_{number}"
    endpoint.__annotations__ |= {"item": model, "return": model}
    return endpoint


def main() -> None:
    """Print one line for each size."""
    for size in SIZES:
        seconds = []
        for _ in range(REPEATS):
            app = application(size)
            start = time.process_time()
            app.openapi()
            seconds.append(time.process_time() - start)
        median = statistics.median(seconds)
        print(f"{size:>5} routes {median * 1e3:8.0f} ms {median / size * 1e6:8.0f} us each")


if __name__ == "__main__":
    main()

"""One process of the scenario `start`: 1,000 routes with a model each, and what they cost beyond the models.

Prints milliseconds from the first registration to the first answer, MiB of resident memory, and milliseconds of the
first OpenAPI document.
"""

import asyncio
import gc
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from pydantic import BaseModel, create_model

from benchmarks import frameworks
from benchmarks.asgi import Request, ask
from benchmarks.models import JSON
from benchmarks.targets import FASTAPI

ROUTES = 1000
REQUEST = Request("POST", "/things-999", headers=(JSON,), body=b'{"name": "Plumbus", "price": 42.5}')


def models() -> list[type[BaseModel]]:
    """Make the models, complete with their validators."""
    made = [
        create_model(f"Thing{number}", name=(str, ...), price=(float, ...), number=(int, number))
        for number in range(ROUTES)
    ]
    for model in made:
        model.model_validate({"name": "Plumbus", "price": 42.5})
    return made


def register(app: Any, number: int, model: type[BaseModel]) -> None:
    """Add the route of one model, which takes and returns it."""

    async def create(thing: Any) -> Any:
        return thing

    create.__name__ = f"create_{number}"
    create.__annotations__ = {"thing": model, "return": model}
    app.post(f"/things-{number}")(create)


def resident() -> float:
    """Return the MiB of memory that are resident (proc(5), statm)."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    """Measure, with the framework that the argument names."""
    framework = frameworks.fastapi() if sys.argv[1] == FASTAPI else frameworks.straightway()
    made = models()
    app = framework.application()
    before = resident()
    started = time.perf_counter()
    for number, model in enumerate(made):
        register(app, number, model)
    answer = asyncio.run(ask(app, REQUEST))
    first_answer = time.perf_counter() - started
    if answer.status != 200:
        raise SystemExit(f"error: {answer}")
    memory = resident() - before
    started = time.perf_counter()
    app.openapi()
    document = time.perf_counter() - started
    print(json.dumps({"first_answer": first_answer * 1e3, "memory": memory, "document": document * 1e3}))


if __name__ == "__main__":
    main()

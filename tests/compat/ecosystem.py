"""Look up what ecosystem.toml lists and print what is missing as JSON; run in a process of its own, as surface.py is."""

import dataclasses
import json
import sys
import tomllib
from pathlib import Path

from surface import is_there, objects

TABLE = Path(__file__).with_name("ecosystem.toml")


def main():
    """Print what is missing, by kind."""
    table = tomllib.loads(TABLE.read_text("utf-8"))
    json.dump(
        {
            "names": [each for each in table["names"] if not is_there(each)],
            "attributes": [each for each in table["attributes"] if each not in attributes()],
            "scope": [each for each in table["scope"] if each not in scope_keys()],
            "documented": [each for each in table["documented"] if each in attributes()],
        },
        sys.stdout,
    )


def attributes():
    """Return the attributes that one of our objects has."""
    from fastapi.dependencies.utils import SolvedDependency

    found = objects()
    dependant = found["APIRoute"].dependant
    things = [*found.values(), dependant, *dependant.path_params]
    return {name for each in things for name in dir(each)} | {
        each.name for each in dataclasses.fields(SolvedDependency)
    }


def scope_keys():
    """Return what the scope has while a wrapped handler runs."""
    from fastapi import FastAPI
    from fastapi.routing import APIRoute
    from fastapi.testclient import TestClient

    seen = set()

    class Looking(APIRoute):
        def get_route_handler(self):
            handler = super().get_route_handler()

            async def look(request):
                seen.update(request.scope)
                return await handler(request)

            return look

    app = FastAPI()
    app.router.route_class = Looking
    app.get("/items/{item_id}")(lambda item_id: item_id)
    TestClient(app).get("/items/1")
    return seen


if __name__ == "__main__":
    main()

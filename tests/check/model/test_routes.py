from straightway.check.model.routes import needs_of, served_by
from straightway.check.rules.protection import is_protected
from tests.check.applications import written


def served(project):
    """Return methods and path of what each application serves, in order."""
    return [[(*each.route.methods, each.path) for each in listed] for listed in served_by(project)]


def test_prefixes_add_up_across_modules(tmp_path):
    """Router, inclusion and nested inclusion each add their prefix, in the order of matching."""
    project = written(
        tmp_path,
        main="""
            from fastapi import FastAPI
            import users

            app = FastAPI()

            @app.get("/first")
            def first(): ...

            app.include_router(users.outer, prefix="/api")

            @app.get("/last")
            def last(): ...
        """,
        users="""
            from fastapi import APIRouter
            from items import PREFIX, router as items

            outer = APIRouter(prefix="/users")
            outer.include_router(items, prefix=PREFIX)

            @outer.post("")
            def create(): ...
        """,
        items="""
            from fastapi import APIRouter

            PREFIX = "/{user}/items"
            router = APIRouter()

            @router.api_route("/all", methods=["put", "GET"])
            def everything(): ...
        """,
    )

    assert served(project) == [
        [
            ("GET", "/first"),
            ("GET", "PUT", "/api/users/{user}/items/all"),
            ("POST", "/api/users"),
            ("GET", "/last"),
        ]
    ]


def test_a_prefix_that_is_not_known_makes_paths_unknown(tmp_path):
    """Nothing is guessed about what only the running program knows."""
    project = written(
        tmp_path,
        main="""
            import os
            from fastapi import APIRouter, FastAPI

            app = FastAPI()
            router = APIRouter()

            @router.get("/a")
            def a(): ...

            app.include_router(router, prefix=os.environ["PREFIX"])
        """,
    )

    assert served(project) == [[("GET", None)]]


def test_a_router_in_a_circle_ends(tmp_path):
    """Routers that include each other are followed only so far."""
    project = written(
        tmp_path,
        main="""
            from fastapi import APIRouter

            a = APIRouter()
            b = APIRouter()

            @a.get("/a")
            def index(): ...

            a.include_router(b)
            b.include_router(a)
        """,
    )

    assert len(served_by(project)) < 3


def test_needs_are_those_of_all_layers(tmp_path):
    """Application, router, inclusion, decorator and parameters; dependencies of dependencies, each once."""
    project = written(
        tmp_path,
        main="""
            from typing import Annotated
            from fastapi import APIRouter, Depends, FastAPI
            from fastapi.security import HTTPBearer

            def one(): ...
            def two(): ...
            def three(again=Depends(two)): ...
            def four(): ...

            scheme = HTTPBearer()
            shared = [Depends(one)]
            app = FastAPI(dependencies=shared)
            router = APIRouter(dependencies=[Depends(two)])

            @router.get("/a", dependencies=[Depends(scheme)])
            def a(x: Annotated[int, Depends(four)]): ...

            app.include_router(router, dependencies=[Depends(three)])
        """,
    )
    (each,) = served_by(project)[0]
    names = [getattr(need.definition, "name", None) for need in needs_of(project, each)]

    assert sorted(set(names)) == ["four", "one", "scheme", "three", "two"]
    assert is_protected(project, each)

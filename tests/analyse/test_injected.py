# ruff: noqa: D103  # the functions under test are told apart by name alone
from typing import Annotated

import pytest
import starlette.background
from pydantic import BaseModel
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from typing_extensions import TypeAliasType

import straightway
from straightway import Depends, Header, Query, Request, Response, Security, Straightway
from straightway.analyse.dependant import Dependant
from straightway.analyse.parameters import (
    add_non_field_param_to_dependency,
    add_param_to_fields,
)
from straightway.declare import params
from straightway.fields import create_model_field
from straightway.security import SecurityScopes
from straightway.testclient import TestClient
from tests.analyse.parameters import EMPTY, analysed, refused


class Model(BaseModel):
    """A class that may be called."""

    value: int = 1


class Other(BaseModel):
    """Another one."""

    value: str = ""


def given(): ...


# What is injected

INJECTED = [
    (Request, "request_param_name"),
    (straightway.WebSocket, "websocket_param_name"),
    (HTTPConnection, "http_connection_param_name"),
    (Response, "response_param_name"),
    (JSONResponse, "response_param_name"),
    (straightway.BackgroundTasks, "background_tasks_param_name"),
    (starlette.background.BackgroundTasks, "background_tasks_param_name"),
    (SecurityScopes, "security_scopes_param_name"),
    (type("MyRequest", (Request,), {}), "request_param_name"),
]


@pytest.mark.parametrize(
    ("annotation", "attribute"), INJECTED, ids=lambda each: getattr(each, "__name__", each)
)
def test_injected_by_type(annotation, attribute):
    """The request, the response and their like are recognised by their class, or a subclass of it."""
    dependant = Dependant()

    for spelled in (annotation, Annotated[annotation, "x"]):
        details = analysed(spelled)
        assert (details.type_annotation, details.depends, details.field) == (annotation, None, None)

    assert add_non_field_param_to_dependency(param_name="p", type_annotation=annotation, dependant=dependant)
    assert getattr(dependant, attribute) == "p"


def test_injected_type_wins_over_the_path_and_a_default():
    """Neither a name in the path nor a default changes what a class means."""
    assert analysed(Request, None, path_names={"p"}).field is None


def test_other_type_is_not_injected():
    """The question may be asked of any type."""
    dependant = Dependant()

    assert add_non_field_param_to_dependency(param_name="p", type_annotation=int, dependant=dependant) is None
    assert dependant == Dependant()


@pytest.mark.parametrize("annotation", [each for each, _ in INJECTED], ids=lambda each: each.__name__)
def test_marker_on_an_injected_type_is_refused(annotation):
    """A request is not read from the query string."""
    expected = f"Cannot specify FastAPI annotation for type {annotation!r}"

    assert refused(Annotated[annotation, Query()]) == expected
    assert refused(annotation, Header()) == expected


# Dependencies


@pytest.mark.parametrize(
    "depends", [Depends(given), Security(given, scopes=["a"])], ids=["Depends", "Security"]
)
def test_dependency(depends):
    """A dependency may stand in Annotated or where a default would."""
    for details in (
        analysed(Annotated[int, depends]),
        analysed(int, depends),
        analysed(EMPTY, depends),
    ):
        assert details.depends == depends
        assert details.field is None


def test_dependency_without_a_callable_takes_the_annotation():
    """`commons: Commons = Depends()` calls the class, by any spelling."""
    alias = TypeAliasType("alias", Annotated[Model, Depends()])

    for details in (analysed(Model, Depends()), analysed(Annotated[Model, Depends()]), analysed(alias)):
        assert details.depends.dependency is Model


def test_shared_dependency_is_not_changed():
    """One `Depends()` may stand beside several annotations: each use calls its own class."""
    shared = Depends()

    uses = [analysed(Annotated[each, shared]).depends.dependency for each in (Model, Other)]

    assert uses == [Model, Other]
    assert shared.dependency is None


def test_dependency_wins_over_an_injected_type():
    """With `Depends`, the class is only the type of what the dependency returns."""
    assert analysed(Annotated[Response, Depends(given)]).depends == Depends(given)


def test_dependency_in_annotated_wins_over_a_default():
    """A default cannot be used, nor a marker in its place: the dependency is always called."""
    assert analysed(Annotated[int, Depends(given)], 5).depends == Depends(given)
    assert analysed(Annotated[int, Depends(given)], Query()).depends == Depends(given)


# Fields into lists


@pytest.mark.parametrize(
    ("marker", "attribute"),
    [
        (params.Path(), "path_params"),
        (params.Query(), "query_params"),
        (params.Header(), "header_params"),
        (params.Cookie(), "cookie_params"),
        (params.Body(), "body_params"),
        (params.Form(), "body_params"),
        (params.File(), "body_params"),
    ],
    ids=lambda each: type(each).__name__ if not isinstance(each, str) else "",
)
def test_field_is_listed_under_its_location(marker, attribute):
    """Forms and files are body parameters; the others have lists of their own."""
    dependant = Dependant()
    marker.annotation = str
    field = create_model_field(name="p", type_=str, field_info=marker)

    add_param_to_fields(field=field, dependant=dependant)

    assert getattr(dependant, attribute) == [field]


# In an application


def app_of(endpoint):
    """Return an application with one endpoint."""
    app = Straightway()
    app.get("/")(endpoint)
    return TestClient(app, raise_server_exceptions=False)


def test_request_is_the_plain_one():
    """A parameter of a subclass gets the request that there is, not one of the subclass."""

    class MyRequest(Request): ...

    def endpoint(request: MyRequest, connection: HTTPConnection):
        return [type(request).__name__, request is connection, request.url.path]

    assert app_of(endpoint).get("/").json() == ["Request", True, "/"]


def test_response_is_a_plain_one_without_status():
    """A parameter of a subclass gets a plain response, shared by all that ask for one."""

    def shared(response: Response):
        return response

    def endpoint(response: JSONResponse, value=Depends(shared)):
        response.headers["x-it"] = "set"
        return [
            type(response).__name__,
            value is response,
            response.status_code,
            "content-length" in response.headers,
        ]

    answer = app_of(endpoint).get("/")

    assert answer.json() == ["Response", True, None, False]
    assert answer.headers["x-it"] == "set"


def test_background_tasks_are_the_frameworks_own():
    """Whichever class is named, the tasks are of the class with the typed interface."""

    def endpoint(tasks: starlette.background.BackgroundTasks):
        return type(tasks).__module__.partition(".")[0]

    assert app_of(endpoint).get("/").json() == "straightway"


def test_second_parameter_of_one_kind_is_not_passed():
    """Only the last one is known: the call fails, as in FastAPI."""

    def endpoint(first: Response, second: Response): ...

    with pytest.raises(TypeError, match="missing 1 required positional argument: 'first'"):
        TestClient(app_of(endpoint).app).get("/")


def test_websocket_in_an_http_endpoint_is_not_passed():
    """There is none: the call fails unless there is a default."""

    def endpoint(socket: straightway.WebSocket = None):
        return socket

    assert app_of(endpoint).get("/").json() is None


def test_explicit_dependency_hides_the_special_type():
    """The parameter gets what the dependency returns."""

    def endpoint(response: Annotated[Response, Depends(lambda: 7)]):
        return response

    assert app_of(endpoint).get("/").json() == 7

"""Values that one validator call reads: several parameters that look at the same key must not disturb each other."""

from typing import Annotated, Any

import pytest
from pydantic import AliasChoices, BaseModel, Field, Json

from straightway import Cookie, Depends, File, Form, Header, Path, Query, Straightway, UploadFile
from straightway.testclient import TestClient


def ask(endpoint, url="/", headers=(), path="/"):
    """Declare an endpoint and return its answer."""
    app = Straightway()
    app.get(path)(endpoint)
    answer = TestClient(app).get(url, headers=list(headers))
    assert answer.status_code == 200, answer.text
    return answer.json()


def errors(endpoint, url="/", headers=()):
    """Declare an endpoint and return the kinds and places of what is wrong with a request."""
    app = Straightway()
    app.get("/")(endpoint)
    answer = TestClient(app).get(url, headers=list(headers))
    assert answer.status_code == 422, answer.text
    return [(error["type"], error["loc"]) for error in answer.json()["detail"]]


def test_one_value_and_all_values_of_a_key():
    """The last value for the one, every value for the other, in whichever order they are declared."""

    def one_first(one: Annotated[Any, Query(alias="p")], many: Annotated[list[str], Query(alias="p")]):
        return [one, many]

    def many_first(many: Annotated[list[str], Query(alias="p")], one: Annotated[Any, Query(alias="p")]):
        return [one, many]

    for endpoint in (one_first, many_first):
        assert ask(endpoint, "/?p=1&p=2") == ["2", ["1", "2"]]


def test_one_value_and_all_values_of_a_key_in_different_callables():
    """A dependency's list does not change what its endpoint gets."""

    def dependency(many: Annotated[list[str], Query(alias="p")]):
        return many

    def endpoint(one: Annotated[Any, Query(alias="p")], many=Depends(dependency)):
        return [one, many]

    assert ask(endpoint, "/?p=1&p=2") == ["2", ["1", "2"]]


def test_one_value_and_all_values_of_a_header():
    """The first value for the one, every value for the other."""

    def endpoint(one: Annotated[Any, Header(alias="x")], many: Annotated[list[str], Header(alias="x")]):
        return [one, many]

    assert ask(endpoint, headers=[("x", "1"), ("x", "2")]) == ["1", ["1", "2"]]


@pytest.mark.parametrize("annotation", [str, list[str]], ids=repr)
def test_header_names_that_differ_in_case_are_one_header(annotation):
    """Header names do not care about case (RFC 9110, section 5.1): both parameters get it."""

    def dependency(first: Annotated[annotation, Header(alias="X-Token")] = "default"):
        return first

    def endpoint(x_token: Annotated[annotation, Header()] = "default", value=Depends(dependency)):
        return [x_token, value]

    sent = "a" if annotation is str else ["a"]
    assert ask(endpoint, headers=[("x-token", "a")]) == [sent, sent]
    assert ask(endpoint) == ["default", "default"]


def test_same_key_in_different_places():
    """Places are told apart."""

    def endpoint(
        a: Annotated[str, Path(alias="k")],
        b: Annotated[str, Query(alias="k")],
        c: Annotated[str, Header(alias="k")],
        d: Annotated[str, Cookie(alias="k")],
    ):
        return [a, b, c, d]

    headers = [("k", "in header"), ("cookie", "k=in cookie")]

    assert ask(endpoint, "/path?k=query", headers, path="/{k}") == ["path", "query", "in header", "in cookie"]


def test_two_parameters_of_one_key():
    """Each validates what was sent as its own type."""

    def endpoint(text: Annotated[str, Query(alias="k")], number: Annotated[int, Query(alias="k")]):
        return [text, number]

    assert ask(endpoint, "/?k=7") == ["7", 7]


def test_default_is_copied_for_every_request():
    """A list that one request changes is new for the next."""

    def endpoint(values: Annotated[list[str], Query()] = []):  # noqa: B006  # what is tested
        values.append("changed")
        return values

    app = Straightway()
    app.get("/")(endpoint)
    client = TestClient(app)

    assert [client.get("/").json() for _ in range(2)] == [["changed"], ["changed"]]


def test_default_inside_a_default_is_copied_for_every_request():
    """Copies are deep."""

    def endpoint(values: Annotated[Any, Query()] = ({"inner": []},)):
        values[0]["inner"].append("changed")
        return values

    app = Straightway()
    app.get("/")(endpoint)
    client = TestClient(app)

    assert [client.get("/").json() for _ in range(2)] == [[{"inner": ["changed"]}]] * 2


def test_default_is_not_validated_unless_asked():
    """A default is trusted; `validate_default` has it checked like anything that was sent."""

    def trusting(value: Annotated[int, Query()] = "text"):
        return value

    def checking(value: Annotated[int, Query(validate_default=True)] = "7"):
        return value

    assert ask(trusting) == "text"
    assert ask(checking) == 7


def test_factory_is_called_for_every_request():
    """A default factory is asked each time, and only when nothing was sent."""
    numbers = iter(range(10))

    def endpoint(value: Annotated[int, Query(default_factory=lambda: next(numbers))]):
        return value

    app = Straightway()
    app.get("/")(endpoint)
    client = TestClient(app)

    assert [client.get(url).json() for url in ("/", "/?value=7", "/")] == [0, 7, 1]


def test_empty_text_of_json_is_no_sequence():
    """`?ids=` for a list that is sent as JSON counts as not sent, as in FastAPI; for anything else it is no JSON."""

    def endpoint(ids: Annotated[Json[list[int]], Query()] = [7]):  # noqa: B006  # copied
        return ids

    def required(ids: Annotated[Json[list[int]], Query()]): ...

    def other(ids: Annotated[Json[int], Query()]): ...

    assert ask(endpoint, "/?ids=") == [7]
    assert ask(endpoint, "/?ids=[1]") == [1]
    assert errors(required, "/?ids=") == [("missing", ["query", "ids"])]
    assert errors(other, "/?ids=") == [("json_invalid", ["query", "ids"])]


def test_first_name_that_was_sent_counts():
    """A cookie is no list; an empty one counts as not sent, under the name that was."""

    def endpoint(ids: Annotated[list[int], Cookie(validation_alias=AliasChoices("one", "two"))]): ...

    assert errors(endpoint, headers=[("cookie", "two=")]) == [("missing", ["cookie", "two"])]
    assert errors(endpoint, headers=[("cookie", "two=1")]) == [("list_type", ["cookie", "two"])]
    assert errors(endpoint) == [("missing", ["cookie", "one"])]


class Content(BaseModel):
    """A model that takes an upload's content."""

    upload: bytes = File()


def test_upload_is_a_file_beside_a_model_that_takes_its_content():
    """Reading an upload into bytes for one parameter leaves it to the others as it was sent, in either order."""

    def model_first(content: Annotated[Content, Form()], upload: UploadFile):
        return [content.upload, upload.filename, upload.file.read()]

    def file_first(upload: UploadFile, content: Annotated[Content, Form()]):
        return [content.upload, upload.filename, upload.file.read()]

    for endpoint in (model_first, file_first):
        app = Straightway()
        app.post("/")(endpoint)
        answer = TestClient(app).post("/", files={"upload": ("a.txt", b"abc")})
        assert answer.json() == ["abc", "a.txt", "abc"]


class Tracing(BaseModel):
    """A model whose fields are headers."""

    x_trace: str
    x_span: str
    literal: str = Field("", alias="X_Literal")


def test_what_a_header_model_was_given_is_shown_by_its_own_names():
    """The place of an error has the header's name; the input has what was validated, as in FastAPI."""

    def endpoint(tracing: Annotated[Tracing, Header()]): ...

    app = Straightway()
    app.get("/")(endpoint)
    headers = {"x-trace": "1", "x_literal": "2", "x-other": "3"}

    (error,) = TestClient(app).get("/", headers=headers).json()["detail"]

    assert error["loc"] == ["header", "x-span"]
    given = {key: value for key, value in error["input"].items() if value in headers.values()}
    assert given == {"x_trace": "1", "X_Literal": "2", "x-other": "3"}

"""Texts that would like to be code, wherever a declaration takes a text.

Templates of the generator are literals and values are quoted or bound, so none of this can do anything; these tests are
the proof. A text that a client can send is sent, too, and must be understood.
"""

import builtins
import json
from typing import Annotated
from urllib.parse import quote_plus

import pytest
from pydantic import AliasChoices, BaseModel, Field, create_model
from starlette.responses import PlainTextResponse

from straightway import Body, Cookie, Depends, Form, Header, Path, Query, Response, Security, Straightway
from straightway.security import SecurityScopes
from tests.serve.asgi import ask, http_scope

HOSTILE = [
    "it's",
    'say "hi"',
    "'''",
    '"""',
    "back\\slash",
    "ends in \\",
    "new\nline",
    "carriage\rreturn",
    "line\u2028separator",
    "{}",
    "{0}",
    "{0!r:>{1}}",
    "{{",
    "%s",
    "#",
    "null\0byte",
    "\ud800",
    "class",
    "None",
    "scope",
    "v0",
    "errors",
    "isinstance",
    "len",
    "; import os",
    "\n    import os\n",
    "'); __import__('builtins').hacked = True; ('",
    '"); __import__("builtins").hacked = True; ("',
    "__import__('builtins').__dict__.update(hacked=True)",
    "日本語",
    "größe",
    "x" * 3000,
]


@pytest.fixture(params=HOSTILE, ids=lambda each: ascii(each)[:40])
def text(request):
    """Go through the texts, and see afterwards that none was executed."""
    yield request.param
    assert not hasattr(builtins, "hacked")


def encoded(text):
    """Return the text in UTF-8, or None where there is no such thing."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return None


def in_header(text):
    """Return a header name that a server could pass on, or None."""
    try:
        return text.lower().encode("latin-1")
    except UnicodeEncodeError:
        return None


def needs_utf_8(text):
    """Skip what Pydantic refuses in the names of a model, and so a declaration with one."""
    if encoded(text) is None:
        pytest.skip("no model can have such a name")


def answered(endpoint, *chunks, template="/", path="/", headers=(), query=b""):
    """Declare an endpoint and return what it answers to a request, in which nothing is encoded for us."""
    app = Straightway()
    app.post(template)(endpoint)
    scope = http_scope()
    scope.update(path=path, query_string=query, headers=[*scope["headers"], *headers])

    answer = ask(app, *chunks, scope=scope)

    assert answer.status == 200, answer.body
    return json.loads(answer.body)


# Names in the request


def test_query_alias(text):
    """A key of the query string is compared, never more."""

    def endpoint(value: Annotated[str, Query(alias=text)] = "default"):
        return value

    assert answered(endpoint) == "default"
    if encoded(text):
        assert answered(endpoint, query=f"{quote_plus(text)}=sent".encode()) == "sent"


def test_query_choices(text):
    """So is each of several."""

    def endpoint(value: Annotated[str, Query(validation_alias=AliasChoices("first", text))] = "default"):
        return value

    assert answered(endpoint) == "default"
    if encoded(text):
        assert answered(endpoint, query=f"{quote_plus(text)}=sent".encode()) == "sent"


def test_missing_value_is_reported_under_its_key(text):
    """The alias is in the answer, as data."""

    def endpoint(value: Annotated[str, Query(alias=text)]): ...

    app = Straightway()
    app.post("/")(endpoint)
    if not encoded(text):
        pytest.skip("an answer in UTF-8 cannot hold it")

    answer = ask(app)

    assert answer.status == 422
    assert json.loads(answer.body)["detail"][0]["loc"] == ["query", text]


def test_header_alias(text):
    """A header's name may be any text in a declaration, whatever servers make of it."""

    def endpoint(value: Annotated[str, Header(alias=text)] = "default"):
        return value

    assert answered(endpoint) == "default"
    if in_header(text):
        assert answered(endpoint, headers=[(in_header(text), b"sent")]) == "sent"


def test_cookie_alias(text):
    """The same for cookies, where some texts would end the name."""

    def endpoint(value: Annotated[str, Cookie(alias=text)] = "default"):
        return value

    assert answered(endpoint) == "default"
    if in_header(text) and text == text.strip() and not set(text) & set("=;"):
        header = (b"cookie", text.encode("latin-1") + b"=sent")
        assert answered(endpoint, headers=[header]) == "sent"


def test_form_key(text):
    """A form's fields may be called anything."""
    needs_utf_8(text)

    def endpoint(value: Annotated[str, Form(alias=text)] = "default", other: Annotated[str, Form()] = ""):
        return value

    urlencoded = (b"content-type", b"application/x-www-form-urlencoded")

    assert answered(endpoint, headers=[urlencoded]) == "default"
    if encoded(text):
        assert answered(endpoint, f"{quote_plus(text)}=sent".encode(), headers=[urlencoded]) == "sent"


def test_key_of_a_body(text):
    """So may the keys of an object."""
    needs_utf_8(text)

    def endpoint(value: Annotated[str, Body(alias=text, embed=True)] = "default"):
        return value

    headers = [(b"content-type", b"application/json")]

    assert answered(endpoint, b"{}", headers=headers) == "default"
    assert answered(endpoint, json.dumps({text: "sent"}).encode(), headers=headers) == "sent"


def test_alias_of_a_model_field(text):
    """A model spread over the query string looks for its aliases."""
    needs_utf_8(text)

    model = create_model("Model", value=(str, Field("default", alias=text)))

    def endpoint(values: Annotated[model, Query()]) -> dict:
        return {"value": values.value}

    assert answered(endpoint) == {"value": "default"}
    if encoded(text):
        assert answered(endpoint, query=f"{quote_plus(text)}=sent".encode()) == {"value": "sent"}


# Paths


def test_path(text):
    """Whatever stands between slashes is compared with what the client asks for."""
    if "/" in text:
        pytest.skip("more than one segment")

    def endpoint(value: Annotated[str, Path()]):
        return value

    assert answered(endpoint, template=f"/{text}/{{value}}", path=f"/{text}/sent") == "sent"
    assert answered(endpoint, template=f"/{text}-{{value}}", path=f"/{text}-sent") == "sent"


def test_path_without_parameters(text):
    """The same for a path that stands for itself."""

    def endpoint():
        return "found"

    assert answered(endpoint, template=f"/{text}", path=f"/{text}") == "found"


def test_value_in_the_path(text):
    """A value from the path is a text, whatever it looks like."""
    if "/" in text:
        pytest.skip("more than one segment")

    def endpoint(value: str):
        return value

    assert answered(endpoint, template="/{value}", path=f"/{text}") == text


def test_method(text):
    """A method is compared, too."""

    def endpoint():
        return "found"

    app = Straightway()
    app.api_route("/", methods=[text])(endpoint)

    assert ask(app, scope={**http_scope(), "method": text.upper()}).body == b'"found"'


# Values


def test_default(text):
    """A default is what the endpoint gets, character by character."""
    got = []

    def endpoint(
        a: Annotated[str, Query()] = text,
        b: Annotated[list[str], Query()] = [text],  # noqa: B006  # copied for every request
        c: Annotated[str, Body(embed=True)] = text,
    ):
        got.extend([a, b, c])

    answered(endpoint)

    assert got == [text, [text], text]


def test_value_that_is_sent(text):
    """What a client sends arrives, and is sent back."""

    class Item(BaseModel):
        value: str

    def endpoint(item: Item):
        return {"echo": item.value}

    headers = [(b"content-type", b"application/json")]

    needs_utf_8(text)

    assert answered(endpoint, json.dumps({"value": text}).encode(), headers=headers) == {"echo": text}


def test_answer(text):
    """A text that an endpoint returns is sent as JSON; half a character as an escape."""

    def endpoint():
        return {text: text}

    assert answered(endpoint) == {text: text}


# Names of functions


def test_name_of_a_dependency(text):
    """A function may be renamed by its decorators to anything."""

    def dependency(value: str = "used"):
        return value

    async def asynchronous():
        return "too"

    def generator():
        yield "as well"

    for each in (dependency, asynchronous, generator):
        each.__name__ = each.__qualname__ = each.__module__ = text

    def endpoint(a=Depends(dependency), b=Depends(asynchronous), c=Depends(generator)):
        return [a, b, c]

    assert answered(endpoint) == ["used", "too", "as well"]


@pytest.mark.parametrize("asynchronous", [False, True])
def test_name_of_an_endpoint(text, asynchronous):
    """An endpoint, too: its compiled function resembles it."""

    def plain(value: int = 1):
        return value

    async def coroutine(value: int = 1):
        return value

    endpoint = coroutine if asynchronous else plain
    endpoint.__name__ = endpoint.__qualname__ = endpoint.__module__ = text

    assert answered(endpoint) == 1


def test_name_of_a_response_class(text):
    """The class that makes the response is a global of the compiled function."""
    response_class = type("Replaced", (PlainTextResponse,), {})
    response_class.__name__ = text if "\0" not in text and encoded(text) else "ok"

    def endpoint():
        return "content"

    app = Straightway()
    app.post("/", response_class=response_class)(endpoint)

    assert ask(app).body == b"content"


def test_security_scope(text):
    """Scopes are passed as they were declared."""

    def user(scopes: SecurityScopes):
        return scopes.scopes

    def endpoint(value=Security(user, scopes=[text])):
        return value

    assert answered(endpoint) == [text]


def test_response_header(text):
    """The name and value of a header are the endpoint's own; what does not go into a header is an error of its."""
    name = in_header(text)
    if name is None:
        pytest.skip("no header can hold it")

    def endpoint(response: Response):
        response.headers[text] = text

    app = Straightway()
    app.post("/")(endpoint)

    start = ask(app).sent[0]

    assert (name, text.encode("latin-1")) in start["headers"]

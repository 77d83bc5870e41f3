from typing import Annotated

import pytest
from starlette.testclient import WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

from straightway import Depends, Query, Security, Straightway, WebSocket
from straightway.security import (
    APIKeyQuery,
    HTTPBearer,
    OAuth2PasswordBearer,
    OAuth2PasswordRequestForm,
    OAuth2PasswordRequestFormStrict,
    SecurityScopes,
)
from straightway.testclient import TestClient

FORM = {"username": "u", "password": "p"}


@pytest.fixture
def app():
    """Make an application that hands credentials back."""
    app = Straightway()
    app.post("/token")(form)
    app.post("/strict")(strict_form)
    app.get("/bearer")(bearer)
    app.post("/body")(body)
    app.websocket("/socket")(socket)
    return app


@pytest.fixture
def client(app):
    """Ask that application."""
    return TestClient(app)


def form(form: Annotated[OAuth2PasswordRequestForm, Depends()]):
    """Return the form."""
    return vars(form)


def strict_form(form: Annotated[OAuth2PasswordRequestFormStrict, Depends()]):
    """Return the form."""
    return vars(form)


def bearer(credentials: Annotated[object, Depends(HTTPBearer())], limit: Annotated[int, Query()] = 1):
    """Return the credentials."""
    return credentials


def body(credentials: Annotated[object, Depends(HTTPBearer())], item: dict[str, int]):
    """Return the body."""
    return item


async def socket(socket: WebSocket, key: Annotated[str, Depends(APIKeyQuery(name="key"))]):
    """Send the key back."""
    await socket.accept()
    await socket.send_text(key)
    await socket.close()


@pytest.mark.parametrize(("path", "granted"), [("/token", None), ("/strict", "password")])
def test_password_form(client, path, granted):
    """The form is read into an object whose scopes are a list."""
    fields = FORM | {"scope": "a b"} | ({"grant_type": granted} if granted else {})

    assert client.post(path, data=fields).json() == {
        "grant_type": granted,
        "username": "u",
        "password": "p",
        "scopes": ["a", "b"],
        "client_id": None,
        "client_secret": None,
    }


@pytest.mark.parametrize(
    ("path", "missing"),
    [("/token", ["username", "password"]), ("/strict", ["grant_type", "username", "password"])],
)
def test_incomplete_password_form(client, path, missing):
    """What has to be sent and was not is listed in order."""
    response = client.post(path)

    assert response.status_code == 422
    assert [(error["type"], error["loc"]) for error in response.json()["detail"]] == [
        ("missing", ["body", name]) for name in missing
    ]


@pytest.mark.parametrize("path", ["/token", "/strict"])
def test_wrong_grant_type(client, path):
    """Where a grant type is sent it has to be the one the form is for."""
    response = client.post(path, data=FORM | {"grant_type": "code"})

    assert response.status_code == 422
    [error] = response.json()["detail"]
    assert (error["type"], error["loc"]) == ("string_pattern_mismatch", ["body", "grant_type"])
    assert error["msg"] == "String should match pattern '^password$'"


def test_password_form_in_the_document(app):
    """The document names the fields in order, and pages know which of them to hide."""
    schemas = app.openapi()["components"]["schemas"]
    lenient, strict = schemas["Body_form_token_post"], schemas["Body_strict_form_strict_post"]

    assert list(lenient["properties"]) == [
        "grant_type",
        "username",
        "password",
        "scope",
        "client_id",
        "client_secret",
    ]
    assert lenient["required"] == ["username", "password"]
    assert strict["required"] == ["grant_type", "username", "password"]
    assert lenient["properties"]["password"]["format"] == "password"
    assert lenient["properties"]["client_secret"]["format"] == "password"
    assert "format" not in strict["properties"]["password"]


def test_scheme_in_the_document(app):
    """The scheme is a component, and the operation that depends on it says so."""
    document = app.openapi()

    assert document["components"]["securitySchemes"] == {"HTTPBearer": {"type": "http", "scheme": "bearer"}}
    assert document["paths"]["/bearer"]["get"]["security"] == [{"HTTPBearer": []}]


def test_401_before_422(client):
    """Whoever is not authenticated learns nothing about parameters."""
    response = client.get("/bearer?limit=many")

    assert response.status_code == 401
    assert response.json() == {"detail": "Not authenticated"}
    assert response.headers["www-authenticate"] == "Bearer"


def test_401_before_errors_of_the_body(client):
    """Whoever is not authenticated learns nothing about the body either."""
    assert client.post("/body", json={"a": "no number"}).status_code == 401


def test_websocket(client):
    """A WebSocket authenticates by what its handshake carries."""
    with client.websocket_connect("/socket?key=k") as session:
        assert session.receive_text() == "k"


def test_websocket_denied(client):
    """Without credentials the handshake is answered with 401, where the server can do that."""
    with pytest.raises(WebSocketDenialResponse) as caught, client.websocket_connect("/socket"):
        pass

    assert caught.value.status_code == 401
    assert caught.value.headers["www-authenticate"] == "APIKey"
    assert isinstance(caught.value, WebSocketDisconnect)


def test_scopes_reach_the_dependency():
    """A dependency sees every scope asked for on the way to it, from the endpoint inwards."""
    app = Straightway()
    scheme = OAuth2PasswordBearer("token")

    def user(scopes: SecurityScopes, token: Annotated[str, Depends(scheme)]):
        return {"scopes": scopes.scopes, "scope_str": scopes.scope_str, "token": token}

    def active(user: Annotated[dict, Security(user, scopes=["inner"])]):
        return user

    @app.get("/")
    def read(user: Annotated[dict, Security(active, scopes=["outer", "a"])]):
        return user

    assert TestClient(app).get("/", headers={"authorization": "Bearer t"}).json() == {
        "scopes": ["outer", "a", "inner"],
        "scope_str": "outer a inner",
        "token": "t",
    }
    assert app.openapi()["paths"]["/"]["get"]["security"] == [
        {"OAuth2PasswordBearer": ["outer", "a", "inner"]}
    ]

"""fastapi-jwt: access and refresh tokens, here with authlib."""

from datetime import timedelta

import pytest
from fastapi import FastAPI, Response, Security
from fastapi.testclient import TestClient
from fastapi_jwt import (
    JwtAccessBearerCookie,
    JwtAuthorizationCredentials,
    JwtRefreshBearer,
    force_jwt_backend,
)
from fastapi_jwt.jwt_backends import AuthlibJWTBackend

KEY = "a secret of the tests that is long enough"


@pytest.fixture
def access() -> JwtAccessBearerCookie:
    """Take access tokens from a header or a cookie."""
    force_jwt_backend(AuthlibJWTBackend)
    return JwtAccessBearerCookie(secret_key=KEY, access_expires_delta=timedelta(minutes=5))


@pytest.fixture
def client(access: JwtAccessBearerCookie) -> TestClient:
    """Make an application with the usual three endpoints."""
    app = FastAPI()
    refresh = JwtRefreshBearer.from_other(access)

    @app.post("/login")
    def log_in(response: Response):
        subject = {"name": "ann", "role": "user"}
        token = access.create_access_token(subject=subject)
        access.set_access_cookie(response, token)
        return {"access": token, "refresh": refresh.create_refresh_token(subject=subject)}

    @app.post("/refresh")
    def renew(credentials: JwtAuthorizationCredentials = Security(refresh)):
        return {"access": access.create_access_token(subject=credentials.subject)}

    @app.get("/me")
    async def me(credentials: JwtAuthorizationCredentials = Security(access)):
        return {"subject": credentials.subject, "id": credentials.jti}

    return TestClient(app)


def bearer(token: str) -> dict[str, str]:
    """Make the header of a token."""
    return {"authorization": f"Bearer {token}"}


def test_token_is_made_and_read(client: TestClient):
    """The subject comes back from the header."""
    tokens = client.post("/login").json()
    client.cookies.clear()

    shown = client.get("/me", headers=bearer(tokens["access"]))

    assert shown.json()["subject"] == {"name": "ann", "role": "user"}
    assert shown.json()["id"]


def test_cookie_serves_too(client: TestClient):
    """The cookie that the login sets is enough."""
    assert client.get("/me").status_code == 401

    client.post("/login")

    assert client.cookies["access_token_cookie"]
    assert client.get("/me").json()["subject"]["name"] == "ann"


def test_refresh_token_gives_a_new_access_token(client: TestClient):
    """An access token does not renew itself."""
    tokens = client.post("/login").json()
    client.cookies.clear()

    renewed = client.post("/refresh", headers=bearer(tokens["refresh"])).json()["access"]

    assert client.get("/me", headers=bearer(renewed)).status_code == 200
    assert client.post("/refresh", headers=bearer(tokens["access"])).status_code == 401


def test_old_and_forged_tokens_are_refused(client: TestClient, access: JwtAccessBearerCookie):
    """Expiry and signature are verified; the package answers a wrong signature with an error of authlib's."""
    old = access.create_access_token(subject={"name": "ann"}, expires_delta=timedelta(seconds=-60))
    token = access.create_access_token(subject={"name": "ann"})
    forged = JwtAccessBearerCookie(secret_key=KEY[::-1]).create_access_token(subject={"name": "eve"})
    cautious = TestClient(client.app, raise_server_exceptions=False)

    statuses = [cautious.get("/me", headers=bearer(each)).status_code for each in (old, token, forged)]

    assert statuses == [401, 200, 500]


def test_schemes_are_documented(client: TestClient):
    """Header and cookie are two schemes of the operation."""
    document = client.get("/openapi.json").json()

    schemes = document["components"]["securitySchemes"]
    kinds = {(scheme["type"], scheme.get("scheme", scheme.get("in"))) for scheme in schemes.values()}
    assert ("http", "bearer") in kinds
    assert ("apiKey", "cookie") in kinds
    assert {name for entry in document["paths"]["/me"]["get"]["security"] for name in entry} <= set(schemes)

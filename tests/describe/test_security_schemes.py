"""Security schemes in dependency trees."""

from typing import Annotated

from straightway import APIRouter, Depends, Security, Straightway
from straightway.security import (
    APIKeyCookie,
    APIKeyHeader,
    APIKeyQuery,
    HTTPBasic,
    HTTPBearer,
    HTTPDigest,
    OAuth2AuthorizationCodeBearer,
    OAuth2PasswordBearer,
    OAuth2PasswordRequestForm,
    OpenIdConnect,
)
from tests.describe.documents import assert_describes_itself

PASSWORD = OAuth2PasswordBearer("token", scopes={"read": "Read", "write": "Write"})


def test_each_kind_of_scheme():
    """Every ready-made scheme is a component under its class's name or the one it was given."""
    app = Straightway(title="Schemes")
    schemes = {
        "header": APIKeyHeader(name="x-key"),
        "query": APIKeyQuery(name="key", scheme_name="Key in the query", description="A key"),
        "cookie": APIKeyCookie(name="session"),
        "basic": HTTPBasic(),
        "bearer": HTTPBearer(bearerFormat="JWT"),
        "digest": HTTPDigest(),
        "password": PASSWORD,
        "code": OAuth2AuthorizationCodeBearer(
            "authorize", "token", refreshUrl="refresh", scopes={"read": "Read"}
        ),
        "openid": OpenIdConnect(openIdConnectUrl="/discovery"),
    }
    for name, scheme in schemes.items():

        def endpoint(credentials=Depends(scheme)): ...

        endpoint.__name__ = name
        app.get(f"/{name}")(endpoint)

    assert_describes_itself(app, "security_schemes")


def test_scopes_add_up_on_the_way_to_a_scheme():
    """An operation requires the scopes of every `Security` between it and the scheme, each once, in the order met."""
    app = Straightway(title="Scopes")

    def user(token=Security(PASSWORD, scopes=["me"])): ...

    def active(user=Security(user, scopes=["read", "me"])): ...

    @app.get("/chain")
    def chain(user=Security(active, scopes=["top"])): ...

    @app.get("/twice")
    def twice(one=Security(PASSWORD, scopes=["write"]), two=Depends(active), three=Depends(PASSWORD)): ...

    @app.get("/none")
    def none(token=Depends(PASSWORD)): ...

    assert_describes_itself(app, "scopes")


def test_schemes_of_applications_routers_and_webhooks():
    """A scheme in `dependencies` of any level is required of each operation below."""
    app = Straightway(title="Levels", dependencies=[Depends(HTTPBasic())])
    router = APIRouter(dependencies=[Security(PASSWORD, scopes=["router"])])

    @router.get("/router", dependencies=[Security(PASSWORD, scopes=["route"])])
    def of_router(): ...

    @app.get("/app")
    def of_app(): ...

    @app.webhooks.post("hook", dependencies=[Depends(HTTPBearer())])
    def hook(): ...

    app.include_router(router, dependencies=[Depends(APIKeyHeader(name="x-key"))])

    assert_describes_itself(app, "security_levels")


def test_schemes_of_one_name():
    """Schemes that share a name are one component, the last, and one requirement."""
    app = Straightway(title="Namesakes")

    @app.get("/")
    def read(one=Depends(APIKeyHeader(name="one")), two=Depends(APIKeyHeader(name="two"))): ...

    assert_describes_itself(app, "security_of_one_name")


def test_the_form_that_asks_for_a_token():
    """The password request form is an ordinary form with the fields of RFC 6749, section 4.3.2."""
    app = Straightway(title="Token")

    @app.post("/token")
    def token(form: Annotated[OAuth2PasswordRequestForm, Depends()]): ...

    assert_describes_itself(app, "password_form")

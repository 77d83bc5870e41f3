import re
from typing import Annotated

import pytest
from playwright.sync_api import expect
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse, RedirectResponse

from straightway import Depends, Form, Query, Security, Straightway
from straightway.describe import pages
from straightway.describe.assets import asset
from straightway.openapi.docs import get_redoc_html, get_swagger_ui_html
from straightway.security import APIKeyHeader, OAuth2AuthorizationCodeBearer, OAuth2PasswordBearer
from tests.browser.visits import HOST, visiting

pytestmark = pytest.mark.browser

HOSTILE = "</script><script>window.hacked = true</script>'\"\\&<b>"


class Item(BaseModel):
    """Something the shop sells."""

    name: str = Field(max_length=20)
    price: float = 1.5
    tags: list[str] = []


password = OAuth2PasswordBearer("/token", scopes={"read": "Read everything"})
code = OAuth2AuthorizationCodeBearer("/authorize", "/exchange")
app = Straightway(title="Shop", description="A *small* shop.", swagger_ui_init_oauth={"clientId": "docs"})


@app.get("/items/{item_id}", tags=["items"], summary="Read one item")
def read_item(
    item_id: int, q: Annotated[str | None, Query(max_length=5)] = None
) -> dict[str, str | int | None]:
    """Return what arrived."""
    return {"item_id": item_id, "q": q}


@app.post("/items", tags=["items"], status_code=201)
def create_item(item: Item) -> Item:
    """Return what arrived."""
    return item


@app.get("/key", tags=["users"])
def read_key(key: Annotated[str, Depends(APIKeyHeader(name="X-Key"))]) -> str:
    """Return the key."""
    return key


@app.get("/me", tags=["users"])
def read_me(token: Annotated[str, Security(password, scopes=["read"])]) -> str:
    """Return the token of the password flow."""
    return token


@app.get("/account", tags=["users"])
def read_account(token: Annotated[str, Depends(code)]) -> str:
    """Return the token of the authorization code flow."""
    return token


@app.get("/authorize", include_in_schema=False)
def authorize(redirect_uri: str, state: str) -> RedirectResponse:
    """Stand for an authorisation server whose user agrees at once."""
    return RedirectResponse(f"{redirect_uri}?code=the-code&state={state}")


@app.post("/exchange", include_in_schema=False)
def exchange(code: Annotated[str, Form()]) -> dict[str, str]:
    """Make a token of a code."""
    return {"access_token": f"token-for-{code}", "token_type": "bearer"}


@app.post("/token", include_in_schema=False)
def token(username: Annotated[str, Form()]) -> dict[str, str]:
    """Make a token of a user name; the password does not matter."""
    return {"access_token": f"token-of-{username}", "token_type": "bearer"}


@app.get("/own-docs", include_in_schema=False)
def own_docs() -> HTMLResponse:
    """Show Swagger UI with the redirect page that needs no swagger-ui-py."""
    return get_swagger_ui_html(
        openapi_url="/openapi.json",
        title="Own",
        swagger_js_url="/docs/assets/swagger-ui-dist@5/swagger-ui-bundle.js",
        swagger_css_url="/docs/assets/swagger-ui-dist@5/swagger-ui.css",
        oauth2_redirect_url="/own-redirect",
        init_oauth={"clientId": "docs"},
    )


@app.get("/own-redirect", include_in_schema=False)
def own_redirect() -> HTMLResponse:
    """Serve that redirect page."""
    return HTMLResponse(pages._REDIRECT_PAGE)


@app.get("/hostile", include_in_schema=False)
def hostile() -> HTMLResponse:
    """Show Swagger UI with markup wherever it takes a text."""
    return get_swagger_ui_html(
        openapi_url=f"/openapi.json?q={HOSTILE}",
        title=HOSTILE,
        swagger_js_url="/docs/assets/swagger-ui-dist@5/swagger-ui-bundle.js",
        swagger_css_url="/docs/assets/swagger-ui-dist@5/swagger-ui.css",
        swagger_ui_parameters={HOSTILE: HOSTILE},
        init_oauth={"appName": HOSTILE},
    )


@app.get("/from-cdn", include_in_schema=False)
def from_cdn() -> HTMLResponse:
    """Show ReDoc with the addresses it has by default."""
    return get_redoc_html(openapi_url="/openapi.json", title="CDN")


@pytest.fixture(scope="module")
def port(served):
    """Serve the shop."""
    return served(app)


@pytest.fixture
def visit(browser, port):
    """Open Swagger UI."""
    with visiting(browser, port, "/docs") as visit:
        yield visit


def operation(page, method, path):
    """Find an operation on the page."""
    return page.locator(f".opblock-{method.lower()}").filter(has=page.locator(f"[data-path='{path}']"))


def try_out(block):
    """Open an operation and press "Try it out"."""
    block.locator(".opblock-summary").click()
    block.get_by_role("button", name="Try it out").click()


def execute(block):
    """Press "Execute" and return where the answer will be shown."""
    block.get_by_role("button", name="Execute").click()
    return block.locator(".live-responses-table .response")


def body(response):
    """Find the body of an answer."""
    return response.locator(".response-col_description pre").first


def test_swagger_ui_lists_the_operations(visit, tmp_path):
    """Every operation is there under its tag, and the page loads everything from its own host."""
    expect(visit.page).to_have_title("Shop - Swagger UI")
    expect(visit.page.locator(".opblock")).to_have_count(5)
    expect(visit.page.locator(".opblock-tag")).to_have_text(["items", "users"])
    expect(operation(visit.page, "GET", "/items/{item_id}")).to_contain_text("Read one item")
    expect(visit.page.locator(".info em")).to_have_text("small")

    visit.page.screenshot(path=tmp_path / "swagger-ui.png", full_page=True)
    assert visit.complaints == []
    assert visit.hosts == {HOST}


def test_try_it_out_performs_a_request(visit, tmp_path):
    """Parameters typed into the page arrive at the endpoint, and its answer is shown."""
    block = operation(visit.page, "GET", "/items/{item_id}")
    try_out(block)
    block.get_by_placeholder("item_id").fill("7")
    block.get_by_placeholder("q").fill("a&b")

    response = execute(block)

    expect(response.locator(".response-col_status")).to_contain_text("200")
    expect(body(response)).to_have_text(re.compile(r'"item_id": 7,\s*"q": "a&b"'))
    visit.page.screenshot(path=tmp_path / "tried.png", full_page=True)
    assert visit.complaints == []
    assert visit.hosts == {HOST}


def test_try_it_out_sends_a_body(visit):
    """The example made from the model is a valid body."""
    block = operation(visit.page, "POST", "/items")
    try_out(block)

    response = execute(block)

    expect(response.locator(".response-col_status")).to_contain_text("201")
    expect(body(response)).to_contain_text('"price": 1.5')
    assert visit.complaints == []


def test_authorize_dialog(visit, tmp_path):
    """The dialog offers every scheme; a key given there is sent along."""
    visit.page.locator(".auth-wrapper .authorize").first.click()
    dialog = visit.page.locator(".dialog-ux")
    expect(dialog.locator("h4")).to_have_text(
        [
            re.compile("APIKeyHeader"),
            re.compile("OAuth2PasswordBearer"),
            re.compile("OAuth2AuthorizationCodeBearer"),
        ]
    )
    visit.page.screenshot(path=tmp_path / "authorize.png")
    scheme = dialog.locator(".auth-container").filter(has_text="APIKeyHeader")
    scheme.locator("input").fill("the-key")
    scheme.get_by_role("button", name="Apply credentials").click()
    dialog.locator(".close-modal").click()
    block = operation(visit.page, "GET", "/key")
    try_out(block)

    expect(body(execute(block))).to_have_text('"the-key"')
    assert visit.complaints == []


def test_password_flow(visit):
    """User name and password typed into the dialog become a token, which is sent along."""
    visit.page.locator(".auth-wrapper .authorize").first.click()
    dialog = visit.page.locator(".dialog-ux")
    scheme = dialog.locator(".auth-container").filter(has_text="OAuth2PasswordBearer")
    scheme.get_by_label("username").fill("ada")
    scheme.get_by_label("password").fill("secret")
    scheme.get_by_role("button", name="Apply given OAuth2 credentials").click()
    expect(scheme).to_contain_text("Logout")
    dialog.locator(".close-modal").click()
    block = operation(visit.page, "GET", "/me")
    try_out(block)

    expect(body(execute(block))).to_have_text('"token-of-ada"')
    assert visit.hosts == {HOST}


@pytest.mark.parametrize("path", ["/docs", "/own-docs"])
def test_authorization_code_flow(browser, port, path):
    """The window of the authorisation server hands its code back, by Swagger UI's redirect page and by ours."""
    with visiting(browser, port, path) as visit:
        visit.page.locator(".auth-wrapper .authorize").first.click()
        dialog = visit.page.locator(".dialog-ux")
        scheme = dialog.locator(".auth-container").filter(has_text="OAuth2AuthorizationCodeBearer")
        with visit.page.expect_popup() as popup:
            scheme.get_by_role("button", name="Apply given OAuth2 credentials").click()
        expect(scheme).to_contain_text("Logout")
        assert popup.value.is_closed()
        dialog.locator(".close-modal").click()
        block = operation(visit.page, "GET", "/account")
        try_out(block)

        expect(body(execute(block))).to_have_text('"token-for-the-code"')
        assert visit.complaints == []
        assert visit.hosts == {HOST}


def test_hostile_texts_stay_texts(browser, port):
    """Markup and quotes in a title, an address and the configuration arrive as they are and run nothing."""
    with visiting(browser, port, "/hostile") as visit:
        expect(visit.page).to_have_title(HOSTILE)
        expect(visit.page.locator(".opblock")).to_have_count(5)
        configuration = visit.page.evaluate("ui.getConfigs()")

        assert configuration["url"] == f"/openapi.json?q={HOSTILE}"
        assert configuration[HOSTILE] == HOSTILE
        assert visit.page.evaluate("window.hacked") is None
        assert visit.complaints == []


def test_redoc_lists_the_operations(browser, port, required, tmp_path):
    """Every operation is there, and the page loads everything from its own host."""
    if asset("redoc.standalone.js") is None and not required:
        pytest.skip("this package was built without npm, so ReDoc's script is not part of it")
    with visiting(browser, port, "/redoc") as visit:
        expect(visit.page).to_have_title("Shop - ReDoc")
        expect(visit.page.get_by_role("heading", name="Shop")).to_be_visible()
        for summary in ("Read one item", "Create Item", "Read Key", "Read Me", "Read Account"):
            expect(visit.page.get_by_role("heading", name=summary)).to_be_visible()
        visit.page.wait_for_load_state("networkidle")

        visit.page.screenshot(path=tmp_path / "redoc.png", full_page=True)
        assert visit.complaints == []
        assert visit.hosts == {HOST}


def test_requests_elsewhere_are_noticed(browser, port):
    """A page that does load from elsewhere is found out: the tests above can fail."""
    with visiting(browser, port, "/from-cdn") as visit:
        assert visit.hosts >= {HOST, "cdn.jsdelivr.net"}
        assert "failed: https://cdn.jsdelivr.net/npm/redoc@2/bundles/redoc.standalone.js" in visit.complaints

"""The page that shows an exception, in a real browser."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Annotated

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from pydantic import BaseModel

from straightway import Depends, Straightway
from tests.browser.visits import HOST, Visit, listen

pytestmark = pytest.mark.browser

HOSTILE = "</title></style><script>window.hacked = true</script><img src=x onerror='window.hacked = true'>"
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}

app = Straightway(debug=True)


class Invoice(BaseModel):
    """What a customer pays."""

    number: int
    total: float


PRICES = {"flour": 1.5, "yeast": 0.8}


async def database() -> AsyncIterator[dict[str, str]]:
    """Stand for a connection."""
    yield {"url": "postgres://shop:hunter2@db/shop"}


def current_user(db: Annotated[dict[str, str], Depends(database)], token: str = "") -> dict[str, str]:
    """Stand for a user."""
    return {"name": "ada", "token": token, "db": db["url"]}


@app.get("/orders/{order_id}")
async def read_order(
    order_id: int, user: Annotated[dict[str, str], Depends(current_user)], dry: bool = False
) -> dict[str, float]:
    """Fail in a function of its own."""
    items = ["flour", "yeast", "salt"]
    return {"total": total_of(items, discount=0.1)}


def total_of(items: list[str], discount: float) -> float:
    """Add up prices, one of which is not known."""
    try:
        return sum(PRICES[name] * (1 - discount) for name in items)
    except KeyError as error:
        raise LookupError(f"no price is known for {error.args[0]!r}, see the list of prices") from error


@app.get("/invoice")
async def read_invoice() -> Invoice:
    """Return what is no invoice."""
    return {"number": 1}  # type: ignore[return-value]


@app.get("/hostile/{name}")
async def hostile(name: str) -> None:
    """Fail with markup in message and variables."""
    copied = name + HOSTILE
    raise ValueError(copied)


@app.get("/wide")
async def wide() -> None:
    """Fail with long words and many variables."""
    unbroken, url = "x" * 2000, "https://example.com/" + "path/" * 100
    raise RuntimeError(unbroken + url)


@pytest.fixture(scope="module")
def port(served):
    """Serve the application, in debug mode."""
    return served(app)


@pytest.fixture
def opened(browser, port) -> Iterator:
    """Open a page at a size and in a colour scheme."""
    contexts = []

    def open_page(path, viewport=DESKTOP, scheme="light"):
        context = browser.new_context(
            viewport=viewport, color_scheme=scheme, base_url=f"http://{HOST}:{port}"
        )
        contexts.append(context)
        visit = Visit(context.new_page())
        listen(context, visit)
        visit.page.goto(path)
        return visit

    yield open_page
    for context in contexts:
        context.close()


def complaints(visit):
    """Return what the page complained about, apart from that it is a 500."""
    return [each for each in visit.complaints if "status of 500" not in each]


def overflow(page):
    """Return by how many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_an_exception_is_shown(opened, tmp_path, viewport, scheme):
    """The page fits its window, loads nothing from anywhere, and shows the line that failed on its first screen."""
    visit = opened("/orders/7?dry=yes&token=abcdef-secret", viewport, scheme)
    page = visit.page
    page.screenshot(path=tmp_path / f"error-{viewport['width']}-{scheme}.png", full_page=True)

    expect(page.get_by_role("heading", level=1)).to_have_text("LookupError")
    failing = page.locator("pre .failing").first
    expect(failing).to_contain_text("raise LookupError(")
    assert failing.bounding_box()["y"] < viewport["height"]
    assert overflow(page) <= 0
    assert complaints(visit) == []
    assert visit.hosts == {HOST}
    assert "hunter2" not in page.content()
    assert "abcdef-secret" not in page.content()


def test_what_is_folded_opens_by_keyboard(opened, tmp_path):
    """Without any script: the calls of libraries and the framework, and the text to copy."""
    page = opened("/orders/7").page
    summary = page.locator("summary").filter(has_text="calls, the outermost first").last

    summary.focus()
    page.keyboard.press("Enter")

    opened_calls = page.locator("details[open] .calls li")
    expect(opened_calls.first).to_be_visible()
    expect(page.locator("details[open] .calls .framework").first).to_be_visible()
    page.screenshot(path=tmp_path / "folded.png", full_page=True)
    assert overflow(page) <= 0


def test_steps_and_causes_are_shown(opened):
    """What the exception was raised from, and how far the request came."""
    page = opened("/orders/7").page

    expect(page.locator(".cause h3")).to_have_text("KeyError")
    expect(page.locator(".cause mark")).to_have_text("PRICES[name]")
    expect(page.locator(".steps .failed .what")).to_contain_text("read_order")
    expect(page.locator(".steps .done")).to_have_count(4)


def test_a_remedy_stands_at_the_top(opened, tmp_path):
    """What is known to help comes before everything else, and the endpoint is shown where no line of it ran."""
    visit = opened("/invoice", PHONE)

    advice = visit.page.get_by_role("note")
    expect(advice).to_contain_text("total: is missing")
    assert advice.bounding_box()["y"] < PHONE["height"]
    expect(visit.page.locator("pre").first).to_contain_text("async def read_invoice() -> Invoice:")
    visit.page.screenshot(path=tmp_path / "remedy.png", full_page=True)


def test_markup_does_nothing(opened):
    """Neither from the address nor from an exception or a variable."""
    visit = opened("/hostile/%3Cscript%3Ewindow.hacked=true%3C%2Fscript%3E".replace("%2F", "%5C"))

    expect(visit.page.get_by_role("heading", level=1)).to_have_text("ValueError")
    assert visit.page.evaluate("window.hacked") is None
    assert visit.page.locator("script, img").count() == 0
    assert complaints(visit) == []


def test_the_policy_forbids_scripts_and_requests(opened):
    """Even markup that got in could do nothing: the page itself cannot make an element that loads."""
    visit = opened("/invoice")

    visit.page.evaluate(
        "() => { const image = document.createElement('img'); image.src = '/favicon.ico'; document.body.append(image); }"
    )
    visit.page.wait_for_timeout(200)

    assert any(re.search("Content Security Policy", each) for each in visit.complaints)


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_long_words_do_not_widen_the_page(opened, tmp_path, viewport):
    """What has no spaces is broken; only source scrolls, inside of its box."""
    visit = opened("/wide", viewport)

    visit.page.screenshot(path=tmp_path / "wide.png", full_page=True)
    assert overflow(visit.page) <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/orders/7?dry=yes&token=x", "/invoice"])
def test_no_rule_of_accessibility_is_broken(opened, path, scheme):
    """With everything unfolded, by the rules of axe-core: contrast, names, landmarks, headings, regions that scroll."""
    page = opened(path, PHONE, scheme).page
    for summary in page.locator("summary").all():
        summary.click()

    violations = Axe().run(page).response["violations"]

    assert {rule["id"]: [node["html"] for node in rule["nodes"]] for rule in violations} == {}

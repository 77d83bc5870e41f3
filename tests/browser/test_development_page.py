"""The development page in a real browser: on a desk and on a phone, by keyboard, without scripts, and under attack."""

import asyncio
import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import httpx2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from pydantic import BaseModel, Field

from straightway import BackgroundTasks, Depends, HTTPException, Straightway
from straightway.check.findings import Finding, Severity
from straightway.development.guard import Guard, guard_of
from straightway.development.inspection import Inspection
from straightway.development.layer import DevelopmentLayer
from straightway.development.watchdog import Blocked
from straightway.security import OAuth2PasswordBearer
from straightway.telemetry.activity import activity
from tests.browser.visits import HOST, Visit, listen

pytestmark = pytest.mark.browser

HOSTILE = "</script></title><script>window.hacked = true</script><img src=x onerror='window.hacked = true'>"
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
PAGES = {
    "requests": "",
    "request": "/requests/1",
    "failed-request": "/requests/2",
    "routes": "/routes",
    "route": "/routes/7",
    "explain": "/explain?request=POST+/orders/5%3Fdry%3D1&source=1",
    "check": "/check",
    "rule": "/check/SW101",
}

logger = logging.getLogger("tests.pastry")
app = Straightway(title="Pastry shop", description="With a name that is long enough to be cut")


class Order(BaseModel):
    """What is ordered."""

    cake: str = Field(max_length=40)
    pieces: int = 1


def connection() -> Iterator[str]:
    """Stand for a database."""
    yield "database"


async def customer(token: Annotated[str, Depends(OAuth2PasswordBearer("/token"))]) -> str:
    """Stand for a person."""
    return token


async def bill(order: Order) -> None:
    """Stand for work that is done later."""
    await asyncio.sleep(0.02)


@app.get("/orders/{number}")
def read_order(number: int, database: Annotated[str, Depends(connection)]) -> Order:
    """Return what arrived."""
    return Order(cake=database, pieces=number)


@app.post("/orders/{number}", status_code=201)
async def change_order(
    number: int,
    order: Order,
    who: Annotated[str, Depends(customer)],
    database: Annotated[str, Depends(connection)],
    tasks: BackgroundTasks,
    dry: bool = False,
) -> Order:
    """Return what arrived."""
    logger.warning("%s changes order %d in %s", who, number, database)
    await asyncio.sleep(0.01)
    tasks.add_task(bill, order)
    return order


@app.get("/broken")
async def broken() -> int:
    """Fail."""
    logger.error("about to break")
    raise LookupError("no price is known for 'salt', see the list of prices")


@app.get("/hostile/{rest:path}")
async def hostile(rest: str) -> int:
    """Log and raise markup."""
    logger.warning("log %s", rest)
    raise HTTPException(418, rest)


def findings() -> tuple[list[Finding], int]:
    """Stand for the checker."""
    here = Path(__file__)
    return [
        Finding(
            "SW401",
            Severity.ERROR,
            here,
            62,
            5,
            "time.sleep() stops the event loop: read_user() is async, and all other requests wait with it",
            "write await asyncio.sleep(...) (or anyio.sleep), or make the function a plain def",
        ),
        Finding("SW503", Severity.WARNING, here, 8, 1, f"Something {HOSTILE}", "Something else"),
    ], 3


@pytest.fixture(scope="module")
def served_page(served):
    """Serve the shop with the layer around it, as the command line does; return the port and the layer."""
    before = activity.on
    layer = DevelopmentLayer(app, Inspection(app, findings), guard_of(HOST, "local"))
    yield served(layer.before(layer)), layer
    layer.close()
    activity.on = before


@pytest.fixture
def shop(served_page):
    """The layer, without requests, and a client of the application."""
    port, layer = served_page
    layer.recorder.clear()
    # uvicorn closes a connection on which an exception has gone out of the application.
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}", headers={"connection": "close"}) as client:
        yield client, layer, port


@pytest.fixture
def busy(shop):
    """The shop with a request that went well, one that failed and one that blocked, under the numbers 1 to 3."""
    client, layer, port = shop
    layer.recorder._numbers = iter(range(1, 1000))
    headers = {"authorization": "Bearer hush", "cookie": "session=hush"}
    client.post("/orders/5?dry=1&token=hush", json={"cake": "Sachertorte"}, headers=headers)
    client.get("/broken")
    client.get("/orders/7")
    client.get(
        f"/a-rather-long-path/{'that-goes-on-and-on/' * 6}", params={"query": "as long as the path " * 4}
    )
    layer.recorder.note_block(
        Blocked(
            "GET /orders/{number}", "read_order() in app.py:62", "time.sleep(0.15)", 150, "Instead: `await`"
        )
    )
    return port


@pytest.fixture
def screenshots(tmp_path):
    """The folder for pictures: STRAIGHTWAY_SCREENSHOTS, or one of pytest's."""
    folder = Path(os.environ.get("STRAIGHTWAY_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def visiting(browser, port, path="", *, host=HOST, viewport=DESKTOP, **options):
    """Open a part of the page in a fresh profile of the browser."""
    context = browser.new_context(viewport=viewport, base_url=f"http://{host}:{port}", **options)
    visit = Visit(context.new_page())
    listen(context, visit)
    visit.page.goto(f"/__dev{path}")
    yield visit
    context.close()


def complaints_of(visit):
    """Return what the browser complains about, but for the news that a page was about to get when it was left."""
    news = re.compile(r"failed: http://[^/]+/__dev(/api/events)?")
    return [each for each in visit.complaints if not news.fullmatch(each)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("name", PAGES)
def test_every_part_fits_and_asks_nobody_else(browser, busy, screenshots, name, viewport, scheme):
    """No part is wider than the screen, complains, or loads anything from elsewhere; axe-core finds no fault."""
    with visiting(browser, busy, PAGES[name], viewport=viewport, color_scheme=scheme) as visit:
        expect(visit.page.get_by_role("heading", level=1)).to_be_visible()

        assert visit.page.evaluate("document.documentElement.scrollWidth") == viewport["width"]
        assert broken_rules(visit.page) == {}
        assert complaints_of(visit) == []
        assert visit.hosts == {HOST}
        size = "phone" if viewport is PHONE else "desktop"
        visit.page.screenshot(path=screenshots / f"dev-{name}-{size}-{scheme}.png", full_page=True)


def broken_rules(page):
    """Return the rules of axe-core that the page breaks, each with the elements that break it."""
    found = Axe().run(page).response["violations"]
    return {rule["id"]: [node["html"] for node in rule["nodes"]] for rule in found}


def test_a_request_appears_by_itself_with_its_steps(browser, shop):
    """The list is up to date without a reload, says so to screen readers, and leads to steps, lines and headers."""
    client, _, port = shop
    with visiting(browser, port) as visit:
        page = visit.page
        expect(page.get_by_text("Requests appear here as they come in")).to_be_visible()
        status = page.get_by_role("status")
        status.evaluate("element => { window.sameStatus = element }")

        client.post("/orders/5?dry=1", json={"cake": "Linzertorte"}, headers={"authorization": "Bearer hush"})

        row = page.get_by_role("link", name=re.compile("POST.+orders.+201"))
        expect(row).to_be_visible()
        expect(status).to_have_text("1 request")
        assert page.evaluate("window.sameStatus === document.getElementById('count')")
        row.click()
        for step in (
            "change_order",
            "customer",
            "connection",
            "receive the body",
            "make the answer",
            "send the response",
            "bill",
        ):
            expect(page.locator(".step .what", has_text=step).first).to_be_visible()
        expect(page.locator(".step")).to_have_count(13)
        expect(page.locator(".line")).to_contain_text("hush changes order 5 in database")
        expect(page.locator(".facts", has_text="authorization")).to_contain_text("***")
        assert complaints_of(visit) == []


def test_bars_show_when_and_how_long(browser, busy):
    """Each bar begins where the one before has ended, as far as steps follow one another; the endpoint's is long."""
    with visiting(browser, busy, "/requests/1") as visit:
        bars = visit.page.locator(".step .took").evaluate_all(
            "bars => bars.map(bar => [bar.x.baseVal.value, bar.width.baseVal.value])"
        )
        endpoint = visit.page.locator(".k-endpoint .took").evaluate(
            "bar => bar.getBoundingClientRect().width"
        )

    assert [start for start, _ in bars] == sorted(start for start, _ in bars)
    assert all(start >= 0 and start + width <= 1003 for start, width in bars)
    assert endpoint > 20


def test_the_page_is_used_by_keyboard_alone(browser, busy):
    """From the link past the tabs to a request and back, with the place visible; news do not take it away."""
    with visiting(browser, busy) as visit:
        page = visit.page
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        page.keyboard.press("Enter")
        for _ in range(3):
            page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Clear")).to_be_focused()
        page.keyboard.press("Tab")
        first = page.locator(".request").first
        expect(first).to_be_focused()
        assert first.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"
        number = first.get_attribute("id")

        with httpx2.Client() as client:
            client.get(f"http://127.0.0.1:{busy}/orders/9")
        expect(page.locator(".request").first).to_contain_text("/orders/9")

        expect(page.locator(f"#{number}")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text("/a-rather-long-path/")
        assert complaints_of(visit) == []


def test_the_list_is_filtered_while_one_types(browser, busy):
    """The address has the filter too, so that it outlives a reload."""
    with visiting(browser, busy) as visit:
        page = visit.page
        page.get_by_label("Filter").fill("broken")

        expect(page.locator(".request")).to_have_count(1)
        expect(page.get_by_role("status")).to_have_text("1 of 4 requests, 1 failed")
        expect(page.get_by_label("Filter")).to_be_focused()
        page.reload()
        expect(page.locator(".request")).to_have_count(1)
        assert complaints_of(visit) == []


def test_the_list_is_cleared(browser, busy):
    """The browser says that the form is the page's own."""
    with visiting(browser, busy) as visit:
        visit.page.get_by_role("button", name="Clear").click()

        expect(visit.page.locator(".request")).to_have_count(0)
        expect(visit.page.get_by_role("status")).to_have_text("0 requests")
        assert complaints_of(visit) == []


def test_the_page_works_without_scripts(browser, busy):
    """List, filter, details and clearing are links and forms."""
    with visiting(browser, busy, java_script_enabled=False) as visit:
        page = visit.page
        page.get_by_label("Filter").fill("orders")
        page.get_by_role("button", name="Filter").click()
        expect(page.locator(".request")).to_have_count(2)
        page.locator(".request").last.click()
        expect(page.get_by_role("heading", name="Steps")).to_be_visible()
        page.get_by_role("link", name="Requests", exact=True).click()
        page.get_by_role("button", name="Clear").click()
        expect(page.locator(".request")).to_have_count(0)


def test_the_form_explains_a_request(browser, shop, screenshots):
    """What is typed is explained with the compiled function, and nothing of the application is run."""
    _, layer, port = shop
    with visiting(browser, port, "/explain", viewport=PHONE) as visit:
        page = visit.page
        page.get_by_label("Method and path").fill("POST /orders/5?dry=1")
        page.get_by_label("Show the compiled function").check()
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Explain").click()

        expect(page.get_by_text("POST /orders/{number} answers: change_order")).to_be_visible()
        steps = page.get_by_role("region", name="Steps")
        expect(steps).to_contain_text('query["dry"] -> bool = False')
        expect(steps).to_contain_text("here '1'")
        expect(page.get_by_label("Source")).to_contain_text("async def change_order(scope, receive, send):")
        expect(page.get_by_label("Method and path")).to_have_value("POST /orders/5?dry=1")
        page.screenshot(path=screenshots / "dev-explained-phone.png", full_page=True)

        page.get_by_label("Method and path").fill("orders")
        page.get_by_role("button", name="Explain").click()
        expect(page.get_by_role("alert")).to_contain_text("'orders' is no request")
        assert layer.recorder.records() == []
        assert complaints_of(visit) == []


def test_faults_are_told_with_place_and_remedy(browser, shop):
    """Errors first, with a page about each rule; the tab says how many there are."""
    _, _, port = shop
    with visiting(browser, port, "/check") as visit:
        page = visit.page
        expect(page.locator(".finding")).to_have_count(2)
        first = page.locator(".finding").first
        expect(first).to_contain_text("SW401")
        expect(first).to_contain_text("tests/browser/test_development_page.py:62:5")
        expect(first).to_contain_text("Instead: write await asyncio.sleep")
        expect(page.get_by_role("link", name="Check 2 faults")).to_be_visible()
        first.get_by_role("link").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("SW401")
        assert page.evaluate("window.hacked") is None
        assert complaints_of(visit) == []


def test_hostile_values_run_nothing(browser, shop):
    """Markup in a path, a query, a header, a log line and an exception is text, in what is loaded and in what is put in later."""
    client, _, port = shop
    with visiting(browser, port) as visit:
        page = visit.page
        client.get(f"/hostile/{HOSTILE}", params={"q": HOSTILE}, headers={"x-note": HOSTILE})
        expect(page.locator(".request .path")).to_contain_text("<script>window.hacked")
        page.locator(".request").click()
        for text in (page.locator("h1"), page.locator(".message"), page.locator(".line .text")):
            expect(text).to_contain_text("window.hacked = true")
        page.get_by_role("link", name="Explain this request").click()
        expect(page.get_by_label("Method and path")).to_have_value(re.compile("window.hacked"))

        assert page.evaluate("window.hacked") is None
        assert page.locator("img").count() == 0
        assert complaints_of(visit) == []
        assert visit.hosts == {HOST}


def test_a_name_that_is_not_its_own_shows_nothing(browser, served):
    """As after DNS rebinding: the browser reaches this machine under another name, and gets a refusal."""
    layer = DevelopmentLayer(app, Inspection(app, findings), Guard())
    port = served(layer.before(layer))

    with visiting(browser, port) as visit:
        expect(visit.page.locator("body")).to_contain_text("only served under localhost")
        assert "Pastry" not in visit.page.content()
    layer.close()

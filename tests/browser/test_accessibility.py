"""The pages under the rules of axe-core, which stand for what WCAG 2.2 asks for and a program can judge."""

from typing import Annotated

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from pydantic import BaseModel

from straightway import Depends, Query, Straightway
from straightway.security import HTTPBearer
from tests.browser.visits import visiting

pytestmark = pytest.mark.browser

KNOWN = {
    "/docs": {
        "nested-interactive": "Swagger UI puts the link to an operation into the button that opens it",
        "landmark-unique": "Swagger UI names all tables of responses alike",
    },
    "/redoc": {"heading-order": "ReDoc goes from headings of the second level to those of the fifth"},
}
"""Rules that are broken by what the pages show, beyond our reach, and why."""


class Item(BaseModel):
    """Something the shop sells."""

    name: str


app = Straightway(title="Shop")


@app.get("/items", summary="List the items")
def list_items(
    token: Annotated[object, Depends(HTTPBearer())], limit: Annotated[int, Query(le=10)] = 10
) -> list[Item]:
    """Take a parameter with a description, and a [link](https://example.org)."""
    return []


@app.put("/items", deprecated=True)
def replace_items(items: list[Item]) -> None:
    """Stand for what is deprecated."""


for method in (app.post, app.patch, app.delete, app.options, app.head):

    @method("/items/{item_id}")
    def change_item(item_id: int) -> None:
        """Stand for the other methods."""


@pytest.fixture(scope="module")
def port(served):
    """Serve the application."""
    return served(app)


def broken(page: Page) -> dict[str, list[str]]:
    """Return the rules that the page breaks, each with the elements that break it."""
    found = Axe().run(page).response["violations"]
    return {rule["id"]: [node["html"] for node in rule["nodes"]] for rule in found}


def test_swagger_ui(browser, port):
    """Every operation opened, one of them being tried: enough contrast, named controls, landmarks and headings."""
    with visiting(browser, port, "/docs") as visit:
        visit.page.get_by_role("button", name="Authorize").wait_for()
        for operation in visit.page.locator(".opblock-summary-control").all():
            operation.click()
        visit.page.get_by_role("button", name="Try it out").first.click()
        visit.page.get_by_role("button", name="Execute").wait_for()

        rules = broken(visit.page)

    assert {rule: nodes for rule, nodes in rules.items() if rule not in KNOWN["/docs"]} == {}


def test_redoc(browser, port):
    """All that ReDoc shows at first."""
    with visiting(browser, port, "/redoc") as visit:
        visit.page.get_by_role("heading", name="Shop").wait_for()

        rules = broken(visit.page)

    assert {rule: nodes for rule, nodes in rules.items() if rule not in KNOWN["/redoc"]} == {}

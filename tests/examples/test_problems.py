"""The application on the page about problem details."""

import json
import re
from pathlib import Path

import pytest
from docs.examples.problems import app

from straightway.testclient import TestClient

PAGE = Path(__file__).parents[2] / "docs" / "problems.md"
ANSWERS = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL)]
REQUESTS = {
    "out of stock": {"json": {"sku": "sachertorte", "pieces": 20}, "headers": {"x-customer": "ann"}},
    "invalid": {"json": {"sku": "sachertorte", "pieces": 0}, "headers": {"x-customer": "ann"}},
}


@pytest.mark.parametrize(
    ("request_", "answer"), list(zip(REQUESTS.values(), ANSWERS, strict=True)), ids=REQUESTS
)
def test_answers_are_those_on_the_page(request_, answer):
    """Each block of JSON is what the application answers."""
    response = TestClient(app).post("/orders", **request_)

    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == answer


def test_other_answers():
    """What exists is ordered; what does not, and whom nobody knows, is told so."""
    client = TestClient(app, headers={"x-customer": "ann"})

    assert client.post("/orders", json={"sku": "sachertorte", "pieces": 2}).status_code == 201
    assert client.post("/orders", json={"sku": "pie", "pieces": 2}).json()["detail"] == "There is no pie."
    unknown = TestClient(app).post("/orders", json={"sku": "pie", "pieces": 2})
    assert (unknown.status_code, unknown.headers["www-authenticate"]) == (401, "Customer")


def test_document_has_all_of_them():
    """Those of the route, of its dependency and of the validation."""
    document = app.openapi()

    assert set(document["paths"]["/orders"]["post"]["responses"]) == {"201", "401", "404", "409", "422"}
    assert document["components"]["schemas"]["OutOfStock"]["properties"]["type"]["const"] == (
        "https://cakes.example/problems/out-of-stock"
    )

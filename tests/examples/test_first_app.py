"""The first application that the README shows."""

from collections.abc import Iterator

import pytest
from examples.first_app import app

from straightway.testclient import TestClient


@pytest.fixture
def client() -> Iterator[TestClient]:
    """A client of the running application."""
    with TestClient(app) as client:
        yield client


def test_parameters_arrive_with_their_types(client: TestClient):
    """Path, query and body are converted as declared, and the answer is the declared model."""
    response = client.post("/recipes/for/3?spare=1", json={"name": "Bread", "flour": "125"})

    assert response.status_code == 200
    assert response.json() == {"name": "Bread", "flour": 500.0}


def test_default_need_not_be_sent(client: TestClient):
    """A query parameter with a default may be left out."""
    response = client.post("/recipes/for/3", json={"name": "Bread", "flour": 125})

    assert response.json() == {"name": "Bread", "flour": 375.0}


def test_every_mistake_is_reported(client: TestClient):
    """What is wrong in path, query and body is told in one answer, with its place."""
    response = client.post("/recipes/for/many?spare=some", json={"name": "Bread"})

    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["detail"]] == [
        ["path", "guests"],
        ["query", "spare"],
        ["body", "flour"],
    ]


def test_documentation_describes_the_operation(client: TestClient):
    """The document has both parameters and the model."""
    document = client.get("/openapi.json").json()

    operation = document["paths"]["/recipes/for/{guests}"]["post"]
    assert [parameter["name"] for parameter in operation["parameters"]] == ["guests", "spare"]
    assert document["components"]["schemas"]["Recipe"]["required"] == ["name", "flour"]

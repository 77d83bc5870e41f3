"""The todos of the user who asks, and nobody else's."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import pytest

from straightway.testclient import TestClient

Headers = dict[str, str]


@pytest.fixture
def add(client: TestClient) -> Callable[..., str]:
    """Add a todo and return its id."""

    def add_todo(headers: Headers, title: str, **fields: object) -> str:
        response = client.post("/todos", headers=headers, json={"title": title, **fields})
        assert response.status_code == 201, response.text
        return str(response.json()["id"])

    return add_todo


def titles(client: TestClient, headers: Headers, **query: str | bool) -> list[str]:
    """Return the titles on a page of the list."""
    response = client.get("/todos", headers=headers, params=query)
    assert response.status_code == 200, response.text
    return [item["title"] for item in response.json()["items"]]


def test_created_todo_can_be_read_where_the_answer_says(client: TestClient, ann: Headers) -> None:
    """Creating answers with 201, the todo, and its address."""
    created = client.post("/todos", headers=ann, json={"title": "  Buy milk ", "description": "Two litres"})

    assert created.status_code == 201
    assert created.json() | {"id": "", "created_at": "", "updated_at": ""} == {
        "id": "",
        "title": "Buy milk",
        "description": "Two litres",
        "completed": False,
        "created_at": "",
        "updated_at": "",
    }
    assert client.get(created.headers["Location"], headers=ann).json() == created.json()


def test_times_have_a_time_zone(client: TestClient, ann: Headers, add: Callable[..., str]) -> None:
    """Both times of a todo that comes from the database are moments in UTC."""
    todo = client.get(f"/todos/{add(ann, 'Milk')}", headers=ann).json()

    assert str(datetime.fromisoformat(todo["created_at"]).tzinfo) == "UTC"
    assert str(datetime.fromisoformat(todo["updated_at"]).tzinfo) == "UTC"


@pytest.mark.parametrize(
    ("fields", "location", "kind"),
    [
        ({}, ["body", "title"], "missing"),
        ({"title": "   "}, ["body", "title"], "string_too_short"),
        ({"title": "x" * 201}, ["body", "title"], "string_too_long"),
        ({"title": "a\nb"}, ["body", "title"], "string_pattern_mismatch"),
        ({"title": 1}, ["body", "title"], "string_type"),
        ({"title": "x", "description": "a\x00b"}, ["body", "description"], "string_pattern_mismatch"),
        ({"title": "x", "compelted": True}, ["body", "compelted"], "extra_forbidden"),
        ({"title": "x", "owner_id": str(uuid4())}, ["body", "owner_id"], "extra_forbidden"),
    ],
    ids=["missing", "blank", "long", "two lines", "number", "NUL", "unknown field", "owner"],
)
def test_invalid_todo_is_refused(
    client: TestClient, ann: Headers, fields: dict[str, object], location: list[str], kind: str
) -> None:
    """Each mistake is named with its place, and nothing is stored."""
    response = client.post("/todos", headers=ann, json=fields)

    assert response.status_code == 422
    assert [(detail["location"], detail["type"]) for detail in response.json()["details"]] == [
        (location, kind)
    ]
    assert titles(client, ann) == []


def test_half_a_character_is_refused(client: TestClient, ann: Headers) -> None:
    """A lone surrogate, which JSON can write and no database can store, is a mistake of the client."""
    response = client.post(
        "/todos", headers=ann | {"Content-Type": "application/json"}, content=rb'{"title": "\ud800"}'
    )

    assert response.status_code == 422


def test_patch_changes_what_is_sent(client: TestClient, ann: Headers, add: Callable[..., str]) -> None:
    """Fields that are left out keep their values; the time of the change is kept."""
    todo_id = add(ann, "Milk", description="Two litres")
    before = client.get(f"/todos/{todo_id}", headers=ann).json()

    response = client.patch(f"/todos/{todo_id}", headers=ann, json={"completed": True})

    assert response.status_code == 200
    after = response.json()
    assert after == before | {"completed": True, "updated_at": after["updated_at"]}
    assert after["updated_at"] > before["updated_at"]
    assert client.get(f"/todos/{todo_id}", headers=ann).json() == after


def test_empty_patch_changes_nothing(client: TestClient, ann: Headers, add: Callable[..., str]) -> None:
    """A patch without fields is answered with the todo as it was."""
    todo_id = add(ann, "Milk")
    before = client.get(f"/todos/{todo_id}", headers=ann).json()

    response = client.patch(f"/todos/{todo_id}", headers=ann, json={})

    assert (response.status_code, response.json()) == (200, before)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": None},
        {"title": ""},
        {"completed": None},
        {"completed": "perhaps"},
        {"done": True},
        {"id": "x"},
        [],
    ],
    ids=repr,
)
def test_invalid_patch_is_refused(
    client: TestClient, ann: Headers, add: Callable[..., str], changes: object
) -> None:
    """Null is no way to leave a field out, and unknown fields are mistakes."""
    todo_id = add(ann, "Milk")

    response = client.patch(f"/todos/{todo_id}", headers=ann, json=changes)

    assert response.status_code == 422
    assert titles(client, ann) == ["Milk"]


def test_deleted_todo_is_gone(client: TestClient, ann: Headers, add: Callable[..., str]) -> None:
    """Deleting answers with 204 once, and with 404 from then on."""
    todo_id = add(ann, "Milk")

    responses = [client.delete(f"/todos/{todo_id}", headers=ann) for _ in range(2)]

    assert [response.status_code for response in responses] == [204, 404]
    assert responses[0].content == b""
    assert client.get(f"/todos/{todo_id}", headers=ann).status_code == 404
    assert titles(client, ann) == []


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_todo_of_another_user_does_not_exist(
    client: TestClient, ann: Headers, bob: Headers, add: Callable[..., str], method: str
) -> None:
    """Somebody else's todo is answered like one that never was, and is left alone."""
    todo_id = add(ann, "Milk")
    body = {"title": "Beer"} if method == "PATCH" else None

    of_ann = client.request(method, f"/todos/{todo_id}", headers=bob, json=body)
    of_nobody = client.request(method, f"/todos/{uuid4()}", headers=bob, json=body)

    assert of_ann.status_code == of_nobody.status_code == 404
    assert of_ann.json() == of_nobody.json()
    assert of_ann.json()["code"] == "todo_not_found"
    assert titles(client, ann) == ["Milk"]


def test_lists_are_separate(client: TestClient, ann: Headers, bob: Headers, add: Callable[..., str]) -> None:
    """Items and total are those of the user who asks."""
    add(ann, "Milk")
    add(bob, "Beer")

    page = client.get("/todos", headers=bob).json()

    assert [item["title"] for item in page["items"]] == ["Beer"]
    assert page["total"] == 1


def test_pages_add_up_to_the_list(client: TestClient, ann: Headers, add: Callable[..., str]) -> None:
    """Pages have the size that was asked for, do not overlap, and each knows the total."""
    for number in range(5):
        add(ann, f"Todo {number}")

    pages = [client.get("/todos", headers=ann, params={"limit": 2, "offset": o}).json() for o in (0, 2, 4, 6)]

    assert [[item["title"][-1] for item in page["items"]] for page in pages] == [
        ["4", "3"],
        ["2", "1"],
        ["0"],
        [],
    ]
    assert {(page["total"], page["limit"]) for page in pages} == {(5, 2)}
    assert [page["offset"] for page in pages] == [0, 2, 4, 6]


def test_filter_by_completed(client: TestClient, ann: Headers, add: Callable[..., str]) -> None:
    """The list can be limited to what is done, or to what is not; the total counts what is listed."""
    add(ann, "Milk", completed=True)
    add(ann, "Bread")

    assert titles(client, ann, completed=True) == ["Milk"]
    assert titles(client, ann, completed=False) == ["Bread"]
    assert client.get("/todos", headers=ann, params={"completed": True}).json()["total"] == 1


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("MILK", ["Buy milk"]),
        ("litre", ["Buy milk"]),
        ("100%", ["100% wool"]),
        ("_", []),
        ("\\", []),
        ("", ["100 sheep", "100% wool", "Buy milk"]),
    ],
    ids=["any case", "in the description", "a wildcard", "another wildcard", "the escape", "nothing"],
)
def test_search(
    client: TestClient, ann: Headers, add: Callable[..., str], search: str, expected: list[str]
) -> None:
    """A search finds the text as it is, in title or description, in any case."""
    add(ann, "Buy milk", description="Two litres")
    add(ann, "100% wool")
    add(ann, "100 sheep")

    assert titles(client, ann, search=search) == expected


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("title", ["apples", "Bread", "Milk"]),
        ("-title", ["Milk", "Bread", "apples"]),
        ("created_at", ["Milk", "apples", "Bread"]),
        ("-created_at", ["Bread", "apples", "Milk"]),
        ("updated_at", ["apples", "Bread", "Milk"]),
        ("-updated_at", ["Milk", "Bread", "apples"]),
    ],
)
def test_sort(
    client: TestClient, ann: Headers, add: Callable[..., str], sort: str, expected: list[str]
) -> None:
    """The list is sorted by time or, without regard to case, by title; a minus turns it round."""
    milk = add(ann, "Milk")
    add(ann, "apples")
    add(ann, "Bread")
    client.patch(f"/todos/{milk}", headers=ann, json={"completed": True})

    assert titles(client, ann, sort=sort) == expected


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ({"limit": 0}, "greater_than_equal"),
        ({"limit": 101}, "less_than_equal"),
        ({"offset": -1}, "greater_than_equal"),
        ({"offset": 2**63}, "less_than_equal"),
        ({"sort": "password_hash"}, "literal_error"),
        ({"completed": "perhaps"}, "bool_parsing"),
        ({"search": "a\x00b"}, "string_pattern_mismatch"),
        ({"complete": True}, "extra_forbidden"),
    ],
    ids=repr,
)
def test_invalid_query_is_refused(
    client: TestClient, ann: Headers, query: dict[str, str | int], kind: str
) -> None:
    """A query that cannot be meant is refused; a misspelt filter is not ignored."""
    response = client.get("/todos", headers=ann, params=query)

    assert response.status_code == 422
    assert [(detail["location"], detail["type"]) for detail in response.json()["details"]] == [
        (["query", next(iter(query))], kind)
    ]


def test_id_that_is_none_is_refused(client: TestClient, ann: Headers) -> None:
    """An address that could never name a todo is a mistake in the request."""
    response = client.get("/todos/1", headers=ann)

    assert response.status_code == 422
    assert response.json()["details"][0]["location"] == ["path", "todo_id"]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/todos"), ("POST", "/todos"), ("GET", f"/todos/{uuid4()}")]
)
def test_todos_need_a_token(client: TestClient, method: str, path: str) -> None:
    """Nothing about todos is answered to strangers, not even what is wrong with their request."""
    response = client.request(method, path, json={"title": "Milk"} if method == "POST" else None)

    assert response.status_code == 401

"""What the documentation promises."""

from straightway.testclient import TestClient


def test_operations_have_the_names_that_clients_call(client: TestClient) -> None:
    """Operation ids are short, unique and chosen by us."""
    paths = client.get("/openapi.json").json()["paths"]

    ids = [operation["operationId"] for path in paths.values() for operation in path.values()]

    assert sorted(ids) == [
        "check_liveness",
        "check_readiness",
        "create_todo",
        "delete_todo",
        "list_todos",
        "log_in",
        "read_me",
        "read_todo",
        "register",
        "update_todo",
    ]


def test_documented_errors_have_the_common_shape(client: TestClient) -> None:
    """No operation documents an error body that the API never sends."""
    document = client.get("/openapi.json").json()

    errors = [
        answer["content"]["application/json"]["schema"]
        for path in document["paths"].values()
        for operation in path.values()
        for status, answer in operation["responses"].items()
        if int(status) >= 400
    ]

    assert errors
    assert all(schema == {"$ref": "#/components/schemas/ErrorBody"} for schema in errors)
    assert not [name for name in document["components"]["schemas"] if "ValidationError" in name]


def test_todos_are_documented_as_protected(client: TestClient) -> None:
    """The documentation's Authorize button logs in where the API does."""
    document = client.get("/openapi.json").json()

    scheme = document["components"]["securitySchemes"]["OAuth2PasswordBearer"]
    assert scheme["flows"]["password"]["tokenUrl"] == "auth/token"
    protected = {
        operation["operationId"]
        for path in document["paths"].values()
        for operation in path.values()
        if "security" in operation
    }
    assert protected == {"create_todo", "delete_todo", "list_todos", "read_me", "read_todo", "update_todo"}


def test_fields_of_a_patch_are_optional_and_not_nullable(client: TestClient) -> None:
    """Generated clients can leave a field out, and cannot send null for it."""
    schema = client.get("/openapi.json").json()["components"]["schemas"]["TodoUpdate"]

    assert "required" not in schema
    assert schema["properties"]["completed"] == {"title": "Completed", "type": "boolean"}

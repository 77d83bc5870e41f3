"""mangum: an application as an AWS Lambda function."""

import base64
import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from fastapi import Body, Depends, FastAPI, Request, Response, UploadFile
from fastapi.middleware.gzip import GZipMiddleware
from mangum import Mangum

CONTEXT = object()


def application() -> FastAPI:
    """Make an application that shows what reached it."""
    app = FastAPI()

    @app.get("/items/{item}")
    async def item(item: int, request: Request, tag: list[str] | None = None):
        return {"item": item, "host": request.client.host if request.client else None}

    @app.post("/items")
    def create(response: Response, item: dict[str, int] = Body()):
        response.status_code = 201
        response.set_cookie("one", "1")
        response.set_cookie("two", "2")
        return item

    @app.post("/bytes")
    async def reverse(request: Request):
        return Response(bytes(reversed(await request.body())), media_type="application/octet-stream")

    @app.get("/event")
    async def event(request: Request):
        return request.scope["aws.event"]["requestContext"].get("stage")

    return app


def version_1(method: str, path: str, **others: object) -> dict[str, object]:
    """Make an event of a REST API."""
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": {"content-type": "application/json", "host": "example.org"},
        "multiValueHeaders": None,
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "requestContext": {"stage": "prod", "identity": {"sourceIp": "192.0.2.1"}},
        "body": None,
        "isBase64Encoded": False,
    } | others


def version_2(method: str, path: str, **others: object) -> dict[str, object]:
    """Make an event of an HTTP API or a function URL."""
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": "application/json", "host": "example.org"},
        "requestContext": {
            "stage": "$default",
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.2"},
        },
        "body": "",
        "isBase64Encoded": False,
    } | others


@pytest.fixture
def handler() -> Mangum:
    """Wrap the application, without lifespan."""
    return Mangum(application(), lifespan="off")


def test_rest_api_event_is_answered(handler: Mangum):
    """The dictionary that API Gateway expects comes back."""
    answer = handler(version_1("GET", "/items/3"), CONTEXT)

    assert answer["statusCode"] == 200
    assert answer["headers"]["content-type"] == "application/json"
    assert json.loads(answer["body"]) == {"item": 3, "host": "192.0.2.1"}
    assert answer["isBase64Encoded"] is False


def test_http_api_event_is_answered_with_cookies(handler: Mangum):
    """Version 2 has cookies apart from headers; the client's address comes from its context."""
    answer = handler(version_2("POST", "/items", body='{"a": 1}'), CONTEXT)

    assert (answer["statusCode"], json.loads(answer["body"])) == (201, {"a": 1})
    assert [cookie.partition(";")[0] for cookie in answer["cookies"]] == ["one=1", "two=2"]
    shown = handler(version_2("GET", "/items/4"), CONTEXT)
    assert json.loads(shown["body"])["host"] == "192.0.2.2"


@pytest.mark.parametrize("event", [version_1, version_2], ids=["rest", "http"])
def test_bytes_travel_in_base64(handler: Mangum, event):
    """A binary body is decoded on the way in and encoded on the way out."""
    content = bytes(range(256))
    headers = {"content-type": "application/octet-stream", "host": "example.org"}

    answer = handler(
        event(
            "POST", "/bytes", headers=headers, body=base64.b64encode(content).decode(), isBase64Encoded=True
        ),
        CONTEXT,
    )

    assert answer["isBase64Encoded"] is True
    assert base64.b64decode(answer["body"]) == content[::-1]


def test_load_balancer_event_is_answered(handler: Mangum):
    """An application load balancer's event is recognised by its context."""
    event = version_1("GET", "/items/5", requestContext={"elb": {"targetGroupArn": "arn:aws:x"}})
    event["headers"] = {"host": "example.org", "x-forwarded-for": "192.0.2.3"}
    event["queryStringParameters"] = {}
    del event["multiValueHeaders"], event["multiValueQueryStringParameters"]

    answer = handler(event, CONTEXT)

    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["item"] == 5


def test_errors_are_answers(handler: Mangum):
    """422, 404 and 405 go through the gateway like any answer."""
    assert handler(version_1("GET", "/items/x"), CONTEXT)["statusCode"] == 422
    assert handler(version_1("GET", "/nowhere"), CONTEXT)["statusCode"] == 404
    refused = handler(version_1("PUT", "/items"), CONTEXT)
    assert (refused["statusCode"], refused["headers"]["allow"]) == (405, "POST")


def test_event_is_in_the_scope(handler: Mangum):
    """Endpoints can read the event itself."""
    assert json.loads(handler(version_1("GET", "/event"), CONTEXT)["body"]) == "prod"


def test_lifespan_and_base_path_and_upload():
    """The lifespan's state reaches endpoints, a base path is cut off, a compressed answer is binary."""
    seen: list[str] = []

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, str]]:
        seen.append("start")
        yield {"name": "state"}
        seen.append("stop")

    def name(request: Request) -> str:
        return request.state.name

    app = FastAPI(lifespan=lifespan)
    app.add_middleware(GZipMiddleware, minimum_size=10)

    @app.post("/upload")
    async def upload(file: UploadFile, name: str = Depends(name)):
        return {"name": name, "size": len(await file.read()), "filling": "x" * 100}

    body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nabc\r\n--b--\r\n'
    headers = {"content-type": "multipart/form-data; boundary=b", "accept-encoding": "gzip", "host": "h"}
    event = version_1(
        "POST",
        "/api/upload",
        headers=headers,
        body=base64.b64encode(body).decode(),
        isBase64Encoded=True,
    )

    answer = Mangum(app, api_gateway_base_path="/api")(event, CONTEXT)

    assert answer["isBase64Encoded"] is True
    content = json.loads(gzip.decompress(base64.b64decode(answer["body"])))
    assert (content["name"], content["size"]) == ("state", 3)
    assert seen == ["start", "stop"]

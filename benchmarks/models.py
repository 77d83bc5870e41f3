"""What the workloads exchange: models, values and requests, the same for every contender. Needs nothing but Pydantic."""

import json

from pydantic import BaseModel

from benchmarks.asgi import Conversation, Request


class Item(BaseModel):
    """A body of the usual size."""

    name: str
    price: float
    description: str | None = None
    tags: list[str] = []


class StoredItem(Item):
    """What the answer tells about an item."""

    id: int


class Account(BaseModel):
    """What one registers with; the fields of a form."""

    name: str
    email: str
    age: int
    city: str
    newsletter: bool


class Order(BaseModel):
    """What a database session returns."""

    id: int
    total: float


class Session:
    """A stand-in for a database session: it exists and is closed."""

    closed = False

    def close(self) -> None:
        """End the session."""
        self.closed = True


ITEMS = [
    StoredItem(id=n, name=f"Plumbus {n}", price=n + 0.5, description="A plumbus", tags=["home", "blue"])
    for n in range(100)
]
ROWS = [{"id": n, "name": f"row {n}", "active": n % 2 == 0, "score": n / 4} for n in range(1000)]

JSON = (b"content-type", b"application/json")
BODY = b'{"name": "Plumbus", "price": 42.5, "description": "A plumbus", "tags": ["home", "blue"]}'
INVALID = b'{"name": 7, "price": "much", "description": "A plumbus", "tags": ["home", 1]}'
FORM = b"name=Rick+Sanchez&email=rick%40example.com&age=70&city=Seattle&newsletter=true"
FORM_TYPE = (b"content-type", b"application/x-www-form-urlencoded")
BOUNDARY = b"----benchmark7d1c"
FILE = bytes(range(256)) * 256
MULTIPART = (
    b"--" + BOUNDARY + b'\r\nContent-Disposition: form-data; name="file"; filename="picture.bin"\r\n'
    b"Content-Type: application/octet-stream\r\n\r\n" + FILE + b"\r\n--" + BOUNDARY + b"--\r\n"
)
ORIGIN = (b"origin", b"https://example.com")

REQUESTS: dict[str, Request | Conversation] = {
    "hello": Request("GET", "/"),
    "path-query": Request("GET", "/items/42", query=b"search=blue+shoes&limit=10"),
    "body": Request("POST", "/items", headers=(JSON,), body=BODY),
    "dependencies": Request("GET", "/me", headers=((b"x-token", b"Rick"),)),
    "models-100": Request("GET", "/items"),
    "dicts-1000": Request("GET", "/rows"),
    "sync": Request("GET", "/sync", query=b"limit=10"),
    "async-yield": Request("GET", "/session"),
    "sync-yield": Request("GET", "/session"),
    "invalid": Request("POST", "/items", headers=(JSON,), body=INVALID),
    "form": Request("POST", "/accounts", headers=(FORM_TYPE,), body=FORM),
    "upload": Request(
        "POST",
        "/files",
        headers=((b"content-type", b"multipart/form-data; boundary=" + BOUNDARY),),
        body=MULTIPART,
    ),
    "http-middleware": Request("GET", "/"),
    "five-middlewares": Request("GET", "/", headers=(ORIGIN,)),
    "websocket-text": Conversation("/text", {"text": "Hello World"}),
    "websocket-json": Conversation("/json", {"text": json.dumps({"message": "Hello", "number": 1})}),
}
"""By workload, what is sent."""


def request_of(workload: str) -> Request | Conversation:
    """Return what is sent for a workload; `routes-500` asks for the last of 500 routes."""
    if workload.startswith("routes-"):
        return Request("GET", f"/group-{int(workload.removeprefix('routes-')) - 1}/things/7")
    return REQUESTS[workload]

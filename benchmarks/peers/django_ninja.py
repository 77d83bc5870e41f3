"""Django Ninja: Pydantic's validation on Django's routing, through Django's ASGI handler."""

import asyncio
import types

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.urls import path

from benchmarks import by_hand
from benchmarks.models import ITEMS, Item, StoredItem

settings.configure(ALLOWED_HOSTS=["*"], SECRET_KEY="benchmarks", MIDDLEWARE=[], LOGGING_CONFIG=None)


def hello(api):
    @api.get("/")
    async def read_root(request):
        return {"message": "Hello World"}


def path_and_query(api):
    @api.get("/items/{item_id}")
    async def read_item(request, item_id: int, search: str, limit: int = 100):
        return {"item_id": item_id, "search": search, "limit": limit}


def body(api):
    @api.post("/items", response=StoredItem)
    async def create_item(request, item: Item):
        return StoredItem(id=1, **item.__dict__)


def dependencies(api):
    from ninja import Header

    @api.get("/me")
    async def read_me(request, x_token: str = Header()):
        return await by_hand.user_of(x_token)


def models(api):
    @api.get("/items", response=list[StoredItem])
    async def list_items(request):
        return ITEMS


def synchronous(api):
    page_of = sync_to_async(by_hand.page_of, thread_sensitive=False)

    @api.get("/sync")
    async def read_sync(request, limit: int = 100):
        return await page_of(limit)


def many(number):
    def add(api):
        for n in range(number):

            @api.get(f"/group-{n}/things/{{thing_id}}", operation_id=f"thing_{n}")
            async def read_thing(request, thing_id: int):
                return {"thing_id": thing_id}

    return add


def made(add):
    def build():
        from ninja import NinjaAPI  # reads Django's settings when it is imported

        api = NinjaAPI(urls_namespace=f"api-{id(add)}", docs_url=None, openapi_url=None)
        add(api)
        urls = types.ModuleType("urls")
        urls.urlpatterns = [path("", api.urls)]
        settings.ROOT_URLCONF = urls
        return waiting(get_asgi_application())

    return build


def waiting(app):
    """Have `receive()` wait after the body, as servers do: Django listens for the client leaving meanwhile."""

    async def call(scope, receive, send):
        given = False

        async def receive_once():
            nonlocal given
            if given and scope["type"] == "http":
                return await asyncio.Future()
            given = True
            return await receive()

        await app(scope, receive_once, send)

    return call


APPLICATIONS = {
    name: made(add)
    for name, add in {
        "hello": hello,
        "path-query": path_and_query,
        "body": body,
        "dependencies": dependencies,
        "models-100": models,
        "sync": synchronous,
        "routes-1": many(1),
        "routes-10": many(10),
        "routes-100": many(100),
        "routes-500": many(500),
        "invalid": body,
    }.items()
}

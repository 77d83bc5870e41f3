import pytest

from straightway.middleware.asyncexitstack import AsyncExitStackMiddleware

pytestmark = pytest.mark.anyio


async def run(middleware):
    """Send a request through the middleware."""
    await middleware({"type": "http"}, None, None)


@pytest.mark.parametrize("options", [{}, {"context_name": "my_stack"}], ids=["default name", "own name"])
async def test_stack_is_closed_after_the_application(options):
    """What the application leaves to the stack happens once it is done."""
    events = []

    async def app(scope, receive, send):
        scope[options.get("context_name", "fastapi_middleware_astack")].callback(events.append, "closed")
        events.append("done")

    await run(AsyncExitStackMiddleware(app, **options))

    assert events == ["done", "closed"]


async def test_stack_is_closed_when_the_application_fails():
    """The error reaches what is on the stack, and then the caller."""
    seen = []

    async def app(scope, receive, send):
        scope["fastapi_middleware_astack"].push(lambda *error: seen.append(error[0]))
        raise ValueError("x")

    with pytest.raises(ValueError, match="x"):
        await run(AsyncExitStackMiddleware(app))

    assert seen == [ValueError]

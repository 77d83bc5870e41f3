"""Each mistake in a declaration is told with the user's file and line, and with what to write instead."""

import runpy
import textwrap
import warnings

import pytest

from straightway.errors import DeclarationError, StraightwayError

PRELUDE = """\
import contextlib
from typing import Annotated
from pydantic import BaseModel, Field
from straightway import *
from straightway.middleware.cors import CORSMiddleware
from straightway.responses import JSONResponse

app = Straightway()
class Session: ...
class Item(BaseModel):
    name: str
def get_db(): yield Session()
"""

CASES = {
    # What a parameter is.
    "plain class": ("@app.get('/')\ndef f(db: Session): ...  # <-", "db: Session = Depends(get_db)"),
    "record without base": (
        "class Body:\n    name: str\n@app.post('/')\ndef f(body: Body): ...  # <-",
        "class Body(BaseModel) if the request brings it",
    ),
    "second line": ("@app.get('/')\ndef f(\n    q: str,\n    db: Session,  # <-\n): ...", "Depends(get_db)"),
    "function as default": (
        "@app.get('/')\ndef f(db: Session = get_db): ...  # <-",
        "db: Session = Depends(get_db)",
    ),
    "function in annotated": (
        "@app.get('/')\ndef f(db: Annotated[Session, get_db]): ...  # <-",
        "db: Session = Depends(get_db)",
    ),
    "Depends without parentheses": (
        "@app.get('/')\ndef f(db: Session = Depends): ...  # <-",
        "db: Session = Depends(get_db)",
    ),
    "Query without parentheses": ("@app.get('/')\ndef f(q: str = Query): ...  # <-", "q: str = Query()"),
    "Query in annotated without parentheses": (
        "@app.get('/')\ndef f(q: Annotated[str, Query]): ...  # <-",
        "q: str = Query()",
    ),
    "dependency called": (
        "@app.get('/')\ndef f(db = Depends(get_db())): ...  # <-",
        "db = Depends(get_db), the function itself",
    ),
    "dependency by name": ("@app.get('/')\ndef f(db = Depends('get_db')): ...  # <-", "db = Depends(get_db)"),
    "dependency of nothing": ("@app.get('/')\ndef f(db = Depends()): ...  # <-", "db = Depends(get_db)"),
    "dependency without signature": (
        "@app.get('/')\ndef f(n: int = Depends()): ...  # <-",
        "Depends(make_int)",
    ),
    "dependency of a dependency": (
        "def user(db: Session): ...  # <-\n@app.get('/')\ndef f(u = Depends(user)): ...",
        "db: Session = Depends(get_db)",
    ),
    "contextmanager": (
        "@contextlib.contextmanager  # <-\ndef db(): yield 1\n@app.get('/')\ndef f(d = Depends(db)): ...",
        "def db(): without the decorator",
    ),
    "circle": (
        "class B:\n    def __init__(self, b: 'B' = Depends()): ...  # <-\n@app.get('/')\ndef f(b: B = Depends()): ...",
        "without 'b'",
    ),
    "shorter scope": (
        "def a(): yield\ndef b(x=Depends(a, scope='function')): yield  # <-\n@app.get('/')\ndef f(y=Depends(b)): ...",
        'x = Depends(a, scope="request")',
    ),
    "unknown scope": ("def f(x=Depends(get_db, scope='session')): ...  # <-", 'scope="request"'),
    "no concurrency": ("Depends(get_db, max_concurrency=0)  # <-", "max_concurrency=1"),
    "default in annotated": (
        "@app.get('/')\ndef f(n: Annotated[int, Query(3)]): ...  # <-",
        "n: Annotated[int, Query()] = 3",
    ),
    "default beside path": (
        "@app.get('/{n}')\ndef f(n: Annotated[int, Path()] = 3): ...  # <-",
        "n: Annotated[int, Path()], without `= 3`",
    ),
    "default in Path": ("def f(n: int = Path(3)): ...  # <-", "Path() without 3"),
    "two defaults": (
        "@app.get('/')\ndef f(n: Annotated[int, Query(default_factory=int)] = 3): ...  # <-",
        "n: Annotated[int, Query()] = 3",
    ),
    "Query for a path parameter": ("@app.get('/{n}')\ndef f(n: int = Query()): ...  # <-", "n: int = Path()"),
    "list in the path": ("@app.get('/{n}')\ndef f(n: list[int]): ...  # <-", "n: str, or int"),
    "upload in the query": (
        "@app.post('/')\ndef f(u: UploadFile = Query()): ...  # <-",
        "u: UploadFile = File()",
    ),
    "mapping in the query": ("@app.get('/')\ndef f(d: dict = Query()): ...  # <-", "d: dict = Body()"),
    "marker on what is injected": (
        "@app.get('/')\ndef f(r: Request = Query()): ...  # <-",
        "r: Request, without Query()",
    ),
    "Field": ("@app.get('/')\ndef f(n: int = Field(3)): ...  # <-", "n: int = Query()"),
    "two dependencies": (
        "@app.get('/')\ndef f(d: Annotated[int, Depends(get_db)] = Depends(get_db)): ...  # <-",
        "d: Annotated[int, Depends(get_db)], without a default",
    ),
    "two markers": (
        "@app.get('/')\ndef f(n: Annotated[int, Query()] = Query()): ...  # <-",
        "n: int = Query()",
    ),
    "marker and dependency": (
        "@app.get('/')\ndef f(n: Annotated[int, Query()] = Depends(get_db)): ...  # <-",
        "n: int = Depends(...), or Query()",
    ),
    "websocket": ("@app.websocket('/')\ndef f(ws: WebSocket, db: Session): ...  # <-", "Depends(get_db)"),
    # Paths.
    "no parentheses": ("@app.get  # <-\ndef read(): ...", '@app.get("/read")'),
    "function for path": ("def read(): ...  # <-\napp.get(read)", '@app.get("/read")'),
    "api_route without parentheses": ("@app.api_route  # <-\ndef read(): ...", '@app.api_route("/read")'),
    "websocket without parentheses": ("@app.websocket  # <-\ndef talk(): ...", '@app.websocket("/talk")'),
    "no slash": ("@app.get('items')  # <-\ndef f(): ...", '"/items"'),
    "websocket without slash": ("@app.websocket('items')  # <-\ndef f(ws: WebSocket): ...", '"/items"'),
    "router without slash": (
        "r = APIRouter()\n@r.get('items')  # <-\ndef f(): ...\napp.include_router(r)",
        '"/items"',
    ),
    "mount without slash": ("app.mount('api', Straightway())  # <-", '"/api"'),
    "space in a name": ("@app.get('/{item id}')  # <-\ndef f(): ...", '"/{item_id}"'),
    "hyphen in a name": ("@app.get('/a/{item-id}/b')  # <-\ndef f(): ...", '"/a/{item_id}/b"'),
    "open brace": ("@app.get('/{id')  # <-\ndef f(): ...", '"/{id}"'),
    "doubled name": ("@app.get('/{id}/{id}')  # <-\ndef f(id: int): ...", '"/{id}/{other_id}"'),
    "unknown convertor": ("@app.get('/{id:integer}')  # <-\ndef f(id: int): ...", '"/{id}", and the type'),
    "no callable": ("app.add_api_route('/', None)  # <-", 'add_api_route("/", read)'),
    # Options.
    "misspelt option": (
        "@app.get('/', respnse_model=Item)  # <-\ndef f(): ...",
        "@app.get('/', response_model=Item)",
    ),
    "misspelt option on a line of its own": (
        "@app.get(\n    '/',\n    respnse_model=Item,  # <-\n)\ndef f(): ...",
        "response_model=Item,",
    ),
    "methods": ("@app.get('/', methods=['PUT'])  # <-\ndef f(): ...", "@app.api_route('/', methods=['PUT'])"),
    "outlandish option": ("@app.get('/', zzz=1)  # <-\ndef f(): ...", "leave zzz=... out"),
    "option of the application": ("Straightway(titel='x')  # <-", "Straightway(title='x')"),
    "option of the router": ("APIRouter(prefx='/x')  # <-", "APIRouter(prefix='/x')"),
    "option of Depends": ("Depends(get_db, usecache=False)  # <-", "Depends(get_db, use_cache=False)"),
    "option of Security": ("Security(get_db, scope=['me'])  # <-", "Security(get_db, scopes=['me'])"),
    "option of Query": ("Query(min_lenght=3)  # <-", "Query(min_length=3)"),
    "option of include_router": ("app.include_router(APIRouter(), prefx='/x')  # <-", "prefix='/x'"),
    "option of a middleware": (
        "app.add_middleware(CORSMiddleware, allow_origin=['*'])  # <-",
        "app.add_middleware(CORSMiddleware, allow_origins=['*'])",
    ),
    "status as text": ("@app.get('/', status_code='201')  # <-\ndef f(): ...", "status_code=201"),
    "status out of range": ("@app.get('/', status_code=2000)  # <-\ndef f(): ...", "status_code=200"),
    "methods as text": ("@app.api_route('/', methods='get')  # <-\ndef f(): ...", 'methods=["GET"]'),
    "responses as list": (
        "@app.get('/', responses=[404])  # <-\ndef f(): ...",
        'responses={404: {"description"',
    ),
    "response that is a model": (
        "@app.get('/', responses={404: Item})  # <-\ndef f(): ...",
        'responses={404: {"model": Item}}',
    ),
    "model for an empty response": (
        "@app.get('/', responses={204: {'model': Item}})  # <-\ndef f(): ...",
        "responses={204: ",
    ),
    "function among dependencies": (
        "@app.get('/', dependencies=[get_db])  # <-\ndef f(): ...",
        "dependencies=[Depends(get_db)]",
    ),
    "lone dependency": (
        "@app.get('/', dependencies=Depends(get_db))  # <-\ndef f(): ...",
        "dependencies=[Depends(get_db)]",
    ),
    "result among dependencies": (
        "@app.get('/', dependencies=[Depends(get_db())])  # <-\ndef f(): ...",
        "dependencies=[Depends(get_db)]",
    ),
    "dependencies of a router": ("APIRouter(dependencies=[get_db])  # <-", "dependencies=[Depends(get_db)]"),
    "dependencies of an inclusion": (
        "app.include_router(APIRouter(), dependencies=[get_db])  # <-",
        "dependencies=[Depends(get_db)]",
    ),
    "response class made": (
        "@app.get('/', response_class=JSONResponse({}))  # <-\ndef f(): ...",
        "response_class=JSONResponse",
    ),
    "model as list": (
        "@app.get('/', response_model=[Item])  # <-\ndef f(): ...",
        "response_model=list[Item]",
    ),
    "model as dict": (
        "@app.get('/', response_model={'n': int})  # <-\ndef f(): ...",
        "class Answer(BaseModel): n: int",
    ),
    "model that is none": (
        "@app.get('/', response_model=Session)  # <-\ndef f(): ...",
        "class Session(BaseModel)",
    ),
    "returned class": ("@app.get('/')  # <-\ndef f() -> Session: ...", "@app.get('/', response_model=None)"),
    "returned union": (
        "@app.get('/')  # <-\ndef f() -> Response | dict: ...",
        "@app.get('/', response_model=None)",
    ),
    "body with 204": ("@app.get('/', status_code=204)  # <-\ndef f() -> Item: ...", "def f(...) -> None:"),
    "model with 204": (
        "@app.get('/', status_code=204, response_model=Item)  # <-\ndef f(): ...",
        "status_code=204 without response_model",
    ),
    "title": ("Straightway(title='')  # <-", 'Straightway(title="My API")'),
    "version": ("Straightway(version='')  # <-", 'Straightway(version="2.1.0")'),
    "body size": ("Straightway(max_body_size=-1)  # <-", "max_body_size=1_000_000"),
    # Routers.
    "prefix without slash": ("APIRouter(prefix='items')  # <-", 'prefix="/items"'),
    "prefix with slash": ("APIRouter(prefix='/items/')  # <-", 'prefix="/items"'),
    "prefix of an inclusion": ("app.include_router(APIRouter(), prefix='items')  # <-", 'prefix="/items"'),
    "prefix that is a slash": ("APIRouter(prefix='/')  # <-", "no prefix at all"),
    "nothing included": ("app.include_router(None)  # <-", "router = APIRouter()"),
    "application included": (
        "app.include_router(Straightway(), prefix='/v2')  # <-",
        'app.mount("/v2", other)',
    ),
    "module included": (
        "import types\nusers = types.ModuleType('users')\nusers.api = APIRouter()\napp.include_router(users)  # <-",
        "app.include_router(users.api)",
    ),
    "included in itself": ("r = APIRouter()\nr.include_router(r)  # <-", "on what the router belongs to"),
    "included in each other": (
        "a, b = APIRouter(), APIRouter()\na.include_router(b)\nb.include_router(a)  # <-",
        "one of the two calls",
    ),
    "empty path": (
        "r = APIRouter()\n@r.get('')  # <-\ndef f(): ...\napp.include_router(r)",
        '"/" as the path',
    ),
    "frontend without slash": ("app.frontend('web', directory='.')  # <-", 'app.frontend("/web", ...)'),
    "frontend that is not there": ("app.frontend('/', directory='/nowhere')  # <-", "Path(__file__).parent"),
    "unknown fallback": (
        "app.frontend('/', directory='.', fallback='indx.html')  # <-",
        'fallback="index.html"',
    ),
    # What runs around.
    "middleware without app": ("class M: ...\napp.add_middleware(M)  # <-", "def __init__(self, app)"),
    "function as middleware": (
        "def m(request, call_next): ...\napp.add_middleware(m)  # <-",
        "async def m(request, call_next):",
    ),
    "middleware made": (
        "app.add_middleware(CORSMiddleware(app))  # <-",
        "app.add_middleware(CORSMiddleware)",
    ),
    "middleware without parentheses": (
        "@app.middleware  # <-\nasync def m(request, call_next): ...",
        '@app.middleware("http")',
    ),
    "middleware function with one parameter": (
        "@app.middleware('http')  # <-\nasync def m(request): ...",
        "async def m(request, call_next):",
    ),
    "handler of no exception": (
        "@app.exception_handler(Item)  # <-\ndef h(r, e): ...",
        "another class of exceptions",
    ),
    "handler of a status as text": (
        "@app.exception_handler('404')  # <-\ndef h(r, e): ...",
        "@app.exception_handler(404)",
    ),
    "handler with one parameter": (
        "@app.exception_handler(KeyError)  # <-\ndef h(e): ...",
        "async def h(request, exception):",
    ),
    "handlers of the application": ("Straightway(exception_handlers={'x': print})  # <-", "or a status: 404"),
    "lifespan without yield": (
        "async def life(app): ...  # <-\nStraightway(lifespan=life)",
        "@asynccontextmanager",
    ),
    "lifespan called": (
        "@contextlib.asynccontextmanager\nasync def life(app): yield\nStraightway(lifespan=life(app))  # <-",
        "lifespan=life",
    ),
    "lifespan without parameter": (
        "@contextlib.asynccontextmanager  # <-\nasync def life(): yield\nStraightway(lifespan=life)",
        "async def life(app):",
    ),
    "unknown event": ("@app.on_event('start')  # <-\ndef f(): ...", '@app.on_event("startup")'),
    "task called": ("tasks = BackgroundTasks()\ntasks.add_task(print('x'))  # <-", "add_task(print, 'x')"),
}


@pytest.fixture
def refused(tmp_path):
    """A function that runs a program and returns what it is refused with, its file, and the lines marked in it."""

    def run(source):
        text = PRELUDE + textwrap.dedent(source)
        file = tmp_path / "main.py"
        file.write_text(text, "utf-8")
        with (
            warnings.catch_warnings(action="ignore", category=DeprecationWarning),
            pytest.raises(StraightwayError) as caught,
        ):
            runpy.run_path(str(file))
        marked = [number for number, line in enumerate(text.splitlines(), 1) if line.endswith("# <-")]
        return caught.value, str(file), marked

    return run


@pytest.mark.parametrize(("source", "instead"), CASES.values(), ids=CASES)
def test_a_refusal_names_line_and_remedy(refused, source, instead):
    """The exception knows where the mistake was written, and its text says both."""
    error, file, marked = refused(source)

    assert (error.at.file, error.at.line) == (file, marked[0])
    assert f"{file}:{marked[0]}" in str(error)
    assert instead in error.instead
    assert error.args == (error.message,)


@pytest.mark.parametrize("kind", [AssertionError, RuntimeError, DeclarationError])
def test_a_refusal_is_caught_as_before(refused, kind):
    """Code written for FastAPI catches an AssertionError."""
    error, _, _ = refused("APIRouter(prefix='items')")

    assert isinstance(error, kind)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("Query(min_lenght=3)", TypeError),
        ("Straightway(titel='x')", TypeError),
        ("app.add_middleware(CORSMiddleware, allow_origin=['*'])", TypeError),
        ("@app.get('/')\ndef f(db = Depends(get_db())): ...", TypeError),
        ("BackgroundTasks().add_task(None)", TypeError),
        ("@app.get('/{id}/{id}')\ndef f(id: int): ...", ValueError),
        ("Straightway(max_body_size=-1)", ValueError),
        ("Depends(get_db, max_concurrency=0)", ValueError),
    ],
)
def test_a_refusal_is_also_what_python_raises(refused, source, kind):
    """Where FastAPI or Python raise a TypeError or ValueError, so it is here."""
    error, _, _ = refused(source)

    assert isinstance(error, kind)


def test_a_parameter_is_named_with_its_route(refused):
    """The place is that of the parameter, with the function and the route."""
    error, _, _ = refused("@app.get('/users/{id}')\ndef read(\n    id: int,\n    db: Session,  # <-\n): ...")

    assert (error.at.function, error.at.parameter, error.at.path) == ("read", "db", "GET /users/{id}")
    assert "in read(db) for GET /users/{id}" in str(error)


def test_what_pydantic_refuses_gets_a_note(tmp_path):
    """An exception that is not ours keeps its class, and says in a note which parameter it is about."""
    file = tmp_path / "main.py"
    file.write_text(f"{PRELUDE}@app.get('/')\ndef f(n: int = Query(gt='a')): ...\n", "utf-8")

    with pytest.raises(Exception, match="must be coercible") as caught:
        runpy.run_path(str(file))

    assert not isinstance(caught.value, StraightwayError)
    assert caught.value.__notes__ == [f"  declared at {file}:14 in f(n)"]


@pytest.mark.parametrize("path", ["", "/{id}", "/{file:path}", "/a-{b}.json", "/a/"])
def test_paths_that_are_served_are_not_refused(path):
    """Whatever Starlette can match is taken."""
    from straightway import Straightway

    Straightway().get(path or "/")(lambda: None)


def test_paths_of_webhooks_and_callbacks_are_names():
    """What is only documented need not begin with a slash, and may have expressions in it."""
    from straightway import APIRouter, Straightway

    app, callbacks = Straightway(), APIRouter()
    app.webhooks.post("new-order")(lambda: None)
    callbacks.post("{$request.body.url}/orders")(lambda: None)
    app.post("/", callbacks=callbacks.routes)(lambda: None)

    assert set(app.openapi()["webhooks"]) == {"new-order"}


def test_an_event_beside_a_lifespan_warns_at_its_line():
    """The function would never be called, and nobody would know."""
    from straightway import Straightway

    async def lifespan(_):
        yield

    def start(): ...

    app = Straightway(lifespan=lifespan)

    with pytest.warns(UserWarning, match=r"start\(\) is never called") as caught:
        app.router.add_event_handler("startup", start)

    assert caught[0].filename == __file__

"""What endpoints do with what they got: the ways of answering."""

from dataclasses import dataclass

from hypothesis import strategies as st


@dataclass(frozen=True)
class Answer:
    """The end of an endpoint."""

    body: tuple[str, ...]
    """Lines; SHOWN stands for what it got."""
    options: tuple[str, ...] = ()
    returns: str = ""
    arguments: tuple[str, ...] = ()
    is_async: bool | None = None


UNTYPED = (
    "[1, 2.5, None, True, 'é']",
    "{'when': datetime(2026, 1, 2, 3, tzinfo=timezone.utc), 'day': date(2026, 1, 2), 'at': time(1, 2)}",
    "{'d': Decimal('1.50'), 'e': Decimal('3'), 't': timedelta(days=1, seconds=2)}",
    "(1, {2}, frozenset({'a'}), Colour.red, Level.high)",
    "{'p': Point(1), 'c': Cat(kind='cat'), 'g': Dog(kind='dog', callName='Ada')}",
    "{1: 'a', 'b': {2.5: None}, None: 1}",
    "{'_sa_x': 1, 'b': [{'_sale': 2}]}",
    "[UUID(int=7), PurePosixPath('/a'), b'bytes']",
    "(each for each in [1, 2])",
    "10 ** 30",
    "{'number': math.inf, 'small': 1e-9, 'large': 1e22}",
    "'text'",
    "None",
)
MODELS = (
    ("Cat", ("Cat(kind='cat', lives=3)", "{'kind': 'cat'}", "{'kind': 'cow'}", "None")),
    ("Dog", ("Dog(kind='dog')", "{'kind': 'dog', 'callName': 'Ada'}", "{'kind': 'dog', 'name': 'Ada'}")),
    ("list[Dog]", ("[Dog(kind='dog')]", "[]", "({'kind': 'dog'},)", "[{'kind': 1}]")),
    ("Cat | Dog", ("Dog(kind='dog', callName='b')", "{'kind': 'cat', 'lives': '4'}")),
    ("Optional[Cat]", ("None", "Cat(kind='cat')")),
    ("dict[str, Point]", ("{'a': Point(1)}", "{'a': {'x': '1'}}", "{'a': 1}")),
    ("Point", ("Point(1, 2)", "{'x': 1}")),
    ("Pair", ("{'left': 1, 'right': 'b'}", "{'left': 1, 'right': 'b', 'more': 1}")),
    ("int", ("1", "'2'", "'x'")),
    ("str", ("'a'", "1")),
    ("float", ("1.5", "1", "1e-7")),
    ("datetime", ("datetime(2026, 1, 2)", "'2026-01-02T00:00:00Z'")),
    ("Decimal", ("Decimal('1.50')", "2")),
    ("bytes", ("b'ab'",)),
    ("set[int]", ("{1}", "[2, 2]")),
    ("tuple[int, str]", ("(1, 'a')",)),
    ("Any", ("{'a': Decimal('1.5')}", "[Colour.red]")),
    ("None", ("None", "1")),
)
FILTERS = st.sampled_from(
    [
        (),
        (),
        (),
        ("response_model_exclude_unset=True",),
        ("response_model_exclude_none=True",),
        ("response_model_exclude_defaults=True",),
        ("response_model_by_alias=False",),
        ('response_model_include={"kind"}',),
        ('response_model_exclude={"lives", "name"}',),
    ]
)
STATUS = st.sampled_from([(), (), ("status_code=201",), ("status_code=202",)])
FIXED = (
    Answer(("return PlainTextResponse('plain', headers={'x-a': '1'})",)),
    Answer(("return HTMLResponse('<p>', status_code=203)",)),
    Answer(("return JSONResponse({'a': [1]}, background=None)",)),
    Answer(("return 'plain'",), ("response_class=PlainTextResponse",)),
    Answer(("return '/there'",), ("response_class=RedirectResponse",)),
    Answer(("return RedirectResponse('/there')",), returns="RedirectResponse"),
    Answer(("return Response(status_code=204)",), ("status_code=204",)),
    Answer(("return None",), ("status_code=204",), "None"),
    Answer(("raise HTTPException(404, {'what': SHOWN}, headers={'x-e': '1'})",)),
    Answer(("raise HTTPException(304)",)),
    Answer(("raise CustomError('mine')",)),
    Answer(("raise ValueError('unhandled')",)),
    Answer(
        ("tasks.add_task(EVENTS.append, 'task')", "return SHOWN"),
        arguments=("tasks: BackgroundTasks",),
    ),
    Answer(
        (
            "response.headers['x-set'] = '1'",
            "response.set_cookie('c', '1')",
            "response.set_cookie('d', '2')",
            "return SHOWN",
        ),
        arguments=("response: Response",),
    ),
    Answer(
        ("response.status_code = 208", "return Cat(kind='cat')"),
        returns="Cat",
        arguments=("response: Response",),
    ),
    Answer(
        (
            "return [request.method, request.url.path, dict(request.path_params), request.scope['route'].name]",
        ),
        arguments=("request: Request",),
        is_async=True,
    ),
    Answer(("yield {'a': 1}", "yield [2]", "EVENTS.append('streamed')"), is_async=True),
    Answer(
        ("yield {'kind': 'cat'}", "yield Cat(kind='cat', lives=2)"), returns="Iterable[Cat]", is_async=False
    ),
    Answer(("yield {'kind': 'cat'}",), returns="AsyncIterable[Cat]", is_async=True),
    Answer(
        ("yield {'a': 1}", "yield ServerSentEvent(data=[1], event='e', id='7')"),
        ("response_class=EventSourceResponse",),
        is_async=True,
    ),
    Answer(("yield b'a'", "yield 'b'"), ("response_class=StreamingResponse",), is_async=True),
    Answer(("return StreamingResponse(iter(['a', 'b']), media_type='text/plain')",)),
)


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    """Draw an answer."""
    match draw(st.sampled_from(["shown", "shown", "shown", "untyped", "model", "model", "fixed", "fixed"])):
        case "shown":
            return Answer(("return SHOWN",), draw(STATUS))
        case "untyped":
            return Answer((f"return {draw(st.sampled_from(UNTYPED))}",), draw(STATUS))
        case "fixed":
            return draw(st.sampled_from(FIXED))
    model, values = draw(st.sampled_from(MODELS))
    options = (*draw(STATUS), *draw(FILTERS))
    body = (f"return {draw(st.sampled_from(values))}",)
    if draw(st.booleans()):
        return Answer(body, options, model)
    return Answer(body, (f"response_model={model}", *options))

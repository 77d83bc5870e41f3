import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.convertors import CONVERTOR_TYPES, Convertor, StringConvertor
from starlette.routing import Match, Route, compile_path

from straightway import Request, Straightway
from straightway.compile.paths import Entry, PathTable
from tests.serve.asgi import ask


def entry(order, path, methods=("GET",)):
    """Return a table's entry for a template."""
    _, _, convertors = compile_path(path)
    return Entry(order, path, frozenset(methods) if methods else None, convertors, path)


def table(*paths):
    """Return a table of templates in this order."""
    return PathTable(entry(order, path) for order, path in enumerate(paths))


def found(made, path):
    """Return the templates that match, in order, with their parameters."""
    return [(each.target, each.parameters(captured)) for each, captured in made.candidates(path)]


def first(made, path):
    """Return the first template that matches."""
    return next(iter(found(made, path)), None)


# Templates


@pytest.mark.parametrize(
    ("template", "path", "parameters"),
    [
        ("/", "/", {}),
        ("", "", {}),
        ("/a", "/a", {}),
        ("/a/", "/a/", {}),
        ("/a/b/c", "/a/b/c", {}),
        ("/{x}", "/1", {"x": "1"}),
        ("/{x}/{y}", "/1/2", {"x": "1", "y": "2"}),
        ("/a/{x}/b", "/a/1/b", {"x": "1"}),
        ("/{x:str}", "/1", {"x": "1"}),
        ("/{x:int}", "/12", {"x": 12}),
        ("/{x:float}", "/1.5", {"x": 1.5}),
        ("/{x:float}", "/2", {"x": 2.0}),
        ("/{x:path}", "/a/b/c", {"x": "a/b/c"}),
        ("/{x:path}", "/", {"x": ""}),
        ("/a{x:path}", "/a", {"x": ""}),
        ("/a{x:path}", "/a/b", {"x": "/b"}),
        ("/{x:path}/end", "/a/b/end", {"x": "a/b"}),
        ("/{x:path}/{y}", "/a/b/c", {"x": "a/b", "y": "c"}),
        ("/{y}/{x:path}", "/a/b/c", {"x": "b/c", "y": "a"}),
        ("/{x:path}/{y:path}", "/a/b/c", {"x": "a/b", "y": "c"}),
        ("/{x}.{y}", "/a.b", {"x": "a", "y": "b"}),
        ("/{x}.{y}", "/a.b.c", {"x": "a.b", "y": "c"}),
        ("/v{x:int}-{y}", "/v1-b", {"x": 1, "y": "b"}),
        ("/{x}{y}", "/abc", {"x": "ab", "y": "c"}),
        ("/@{x}", "/@me", {"x": "me"}),
        ("/{}-{x}", "/{}-a", {"x": "a"}),
        ("/{a b}", "/{a b}", {}),
        ("/a.b", "/a.b", {}),
        ("/größe/{x}", "/größe/日本", {"x": "日本"}),
        ("//{x}", "//1", {"x": "1"}),
        ("/{x}", "/a b%", {"x": "a b%"}),
        ("/{x}/", "/1/", {"x": "1"}),
    ],
)
def test_template_matches(template, path, parameters):
    """A template is literal text and parameters, each of which takes what its convertor allows."""
    assert found(table(template), path) == [(template, parameters)]


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("/", ""),
        ("/a", "/a/"),
        ("/a/", "/a"),
        ("/a", "/A"),
        ("/a", "/b"),
        ("/a", "/a/b"),
        ("/a/b", "/a"),
        ("/{x}", "/"),
        ("/{x}", "/1/2"),
        ("/{x}/b", "//b"),
        ("/{x:int}", "/-1"),
        ("/{x:int}", "/1a"),
        ("/{x:int}", "/"),
        ("/{x:float}", "/1."),
        ("/{x:uuid}", "/1"),
        ("/{x:path}/end", "/end"),
        ("/a/{x:path}", "/a"),
        ("//{x:path}", "/"),
        ("/{x}.{y}", "/a."),
        ("/a.b", "/axb"),
        ("/{x}", "1"),
    ],
)
def test_template_does_not_match(template, path):
    """A parameter is never empty and never holds a slash, unless its convertor says so; case and slashes count."""
    assert found(table(template), path) == []


def test_uuid():
    """A UUID is converted."""
    text = "12345678-1234-1234-1234-123456789abc"

    ((_, parameters),) = found(table("/{x:uuid}"), f"/{text}")

    assert str(parameters["x"]) == text


def test_declaration_order_wins():
    """Of several that match, the first that was declared comes first, whatever it looks like."""
    templates = [
        "/users/{id}",
        "/users/me",
        "/{kind}/me",
        "/{everything:path}",
        "/users/{id:int}",
        "/users/m{e}",
    ]

    for order in (templates, templates[::-1], templates[3:] + templates[:3]):
        assert [each for each, _ in found(table(*order), "/users/me")] == [
            each for each in order if each != "/users/{id:int}"
        ]


def test_same_template_twice():
    """Both are candidates: they may answer other methods."""
    assert [each for each, _ in found(table("/a", "/{x}", "/a"), "/a")] == ["/a", "/{x}", "/a"]


def test_dead_end_does_not_hide_another_way():
    """A literal segment that leads nowhere leaves the parameter beside it."""
    made = table("/a/b/c", "/{x}/b/d", "/a/{y}/e")

    assert first(made, "/a/b/c") == ("/a/b/c", {})
    assert first(made, "/a/b/d") == ("/{x}/b/d", {"x": "a"})
    assert first(made, "/a/b/e") == ("/a/{y}/e", {"y": "b"})
    assert first(made, "/a/b/f") is None


def test_empty_table():
    """A router may have no routes."""
    assert found(table(), "/") == []


# Convertors of one's own


@pytest.fixture
def convertors():
    """Return Starlette's table of convertors, which is left as it was."""
    before = dict(CONVERTOR_TYPES)
    yield CONVERTOR_TYPES
    CONVERTOR_TYPES.clear()
    CONVERTOR_TYPES.update(before)


class Hexadecimal(Convertor[int]):
    """A number in base 16."""

    regex = "[0-9a-f]+"

    def convert(self, value):
        """Return the number."""
        return int(value, 16)

    def to_string(self, value):
        """Return its digits."""
        return f"{value:x}"


class Several(StringConvertor):
    """A text that may hold slashes, though the class it derives from may not."""

    regex = r"[a-z]+(/[a-z]+)*"


class Choice(StringConvertor):
    """One of two words, with a group of its own, and one that is empty."""

    regex = "(?P<first>yes)|(no)()"


def test_convertor_of_ones_own(convertors):
    """What Starlette was taught, the table knows."""
    convertors["hex"] = Hexadecimal()

    made = table("/{x:hex}", "/{x}")

    assert found(made, "/ff") == [("/{x:hex}", {"x": 255}), ("/{x}", {"x": "ff"})]
    assert found(made, "/zz") == [("/{x}", {"x": "zz"})]


def test_convertor_that_takes_slashes(convertors):
    """A convertor's pattern decides how far a parameter reaches, whatever class it derives from."""
    convertors["several"] = Several()

    made = table("/{x:several}", "/{x:several}/{y:int}")

    assert first(made, "/a/b/c") == ("/{x:several}", {"x": "a/b/c"})
    assert first(made, "/a/b/3") == ("/{x:several}/{y:int}", {"x": "a/b", "y": 3})


def test_convertor_with_groups(convertors):
    """Groups in a convertor's pattern are its own matter."""
    convertors["choice"] = Choice()

    made = table("/{x:choice}/{y}")

    assert first(made, "/yes/1") == ("/{x:choice}/{y}", {"x": "yes", "y": "1"})
    assert first(made, "/no/1") == ("/{x:choice}/{y}", {"x": "no", "y": "1"})


def test_number_too_long_for_python_is_the_convertors_matter():
    """The table matches; what the convertor raises is raised."""
    ((entry_, captured),) = table("/{x:int}").candidates("/" + "1" * 5000)

    with pytest.raises(ValueError, match="integer string"):
        entry_.parameters(captured)


# Lookup does not grow


class Counter:
    """Counts what lookups in a table look at: nodes by their segment, and patterns that are compared."""

    def __init__(self, made):
        self.count = 0
        pending = [made._root]
        while pending:
            node = pending.pop()
            pending += [*node.literal.values(), *(child for _, child in node.patterns.values())]
            pending += [node.anything] if node.anything is not None else []
            node.literal, node.patterns = self.counted(node.literal), self.counted(node.patterns)
        made._exact = self.counted(made._exact)

    def counted(self, mapping):
        """Return a mapping that counts what is asked of it."""
        counter = self

        class Counted(dict):
            def get(self, key, default=None):
                counter.count += 1
                return super().get(key, default)

            def values(self):
                counter.count += len(self)
                return super().values()

        return Counted(mapping)


def lookups(number, extra):
    """Return what is found at some paths among many routes, and how much each lookup looked at."""
    paths = [f"/module{each}/items/{{item_id}}/parts" for each in range(number)]
    paths += [f"/module{each}/info" for each in range(number)]
    made = table(*paths, *extra)
    counter = Counter(made)
    results = []
    for path in ("/module7/items/3/parts", "/module7/info", "/module7/items/3/nothing", "/nothing"):
        counter.count = 0
        targets = [each.target for each, _ in made.candidates(path) if each.target not in extra]
        results.append((targets, counter.count))
    return results


@pytest.mark.parametrize(
    "extra",
    [(), ("/{any}/items/{x}/parts",), ("/{any:int}-{x}/info",), ("/files/{p:path}",)],
    ids=["plain", "ambiguous", "pattern", "path"],
)
def test_lookup_does_not_grow_with_the_number_of_routes(extra):
    """Finding one of thousands of routes looks at as much as finding one of twenty."""
    few, many = lookups(10, extra), lookups(1500, extra)

    assert many == few
    assert [targets for targets, _ in few] == [["/module7/items/{item_id}/parts"], ["/module7/info"], [], []]
    assert max(count for _, count in few) <= 15


# Against Starlette

SEGMENTS = st.sampled_from(
    ["", "a", "b", "ab", "a.b", "{x}", "{y}", "{x:int}", "{y:float}", "{x:path}", "{y:path}", "a{x}", "{x}b", "{x}.{y}",
     "{x:int}{y}", "a{x:path}", "{x:path}b", "{}", "{a}", "-{a:int}-", "{x}{y}", "{x}-{y}-", "-{x}--{y}{a}", "{x:path}-{y:path}",
     "{x:path}b{y:path}b"]
)  # fmt: skip
SEGMENTS_OF_ANY_TEXT = [
    "{x}-{y}",
    "{x}{y}",
    "{x}{y}{a}b",
    "-{x}.{y}-{a}.",
    "a{x}ab{y}",
    "{x}--{y}",
    "{x}ab{y}ab{a}",
    "{x:path}-{y:path}.",
]
TEMPLATES = st.lists(SEGMENTS, min_size=1, max_size=4).map(lambda each: "/" + "/".join(each)).filter(
    lambda each: len(re.findall(r"{([xya])[:}]", each)) == len(set(re.findall(r"{([xya])[:}]", each)))
)  # fmt: skip
PATHS = st.lists(
    st.sampled_from(
        ["", "a", "b", "ab", "a.b", "1", "1.5", "12b", "-3-", "{}", "b1", "é", "---", "-a-b--a-", "b\nb"]
    ),
    min_size=1,
    max_size=5,
).map(lambda each: "/" + "/".join(each))


async def endpoint(request):
    """Stand for what a route leads to."""


def linear(templates, path):
    """Return what Starlette's routes find, asked one after the other."""
    matches = []
    for template in templates:
        match, child_scope = Route(template, endpoint).matches(
            {"type": "http", "method": "GET", "path": path, "root_path": "", "path_params": {}}
        )
        if match is Match.FULL:
            matches.append((template, child_scope["path_params"]))
    return matches


@given(st.sampled_from(SEGMENTS_OF_ANY_TEXT), st.text("ab-.", max_size=9))
def test_parameters_of_any_text_take_what_a_regular_expression_takes(segment, text):
    """Of several in one segment the first takes as much as it can, then the second, and so on."""
    assert found(table("/" + segment), "/" + text) == linear(["/" + segment], "/" + text)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    ("template", "repeated"),
    [
        ("/{x}-{y}.png", "-"),
        ("/{x}-{y}-{z}.png", "-"),
        ("/{x}{y}{z}.png", "a"),
        ("/{x:path}/a/{y:path}/a/{z:path}/b", "/a"),
        ("/a/{x:path}/b", "/a"),
    ],
)
def test_no_path_takes_long_to_be_refused(template, repeated):
    """A path of 60 KB that almost matches is refused at once; regular expressions take from seconds to years."""
    assert found(table(template), "/a" + repeated * (60_000 // len(repeated))) == []


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.lists(TEMPLATES, max_size=8), st.lists(PATHS, min_size=1, max_size=6))
def test_table_finds_what_starlette_finds(templates, paths):
    """The same routes in the same order, with the same parameters, as asking each route in turn."""
    made = table(*templates)

    for path in paths:
        assert found(made, path) == linear(templates, path)


METHODS = st.sampled_from([("GET",), ("POST",), ("GET", "POST"), None])


@settings(max_examples=500, deadline=None, derandomize=True, database=None)
@given(st.lists(st.tuples(TEMPLATES, METHODS), max_size=8), st.lists(PATHS, min_size=1, max_size=6))
def test_one_look_finds_the_first_of_all_candidates(declared, paths):
    """Where one look tells which route answers a method, it is the first of the candidates that knows the method."""
    made = PathTable(entry(order, *each) for order, each in enumerate(declared))

    for path in paths:
        for method in ("GET", "POST", "PUT"):
            answering = [
                (each.target, each.parameters(captured))
                for each, captured in made.candidates(path)
                if each.methods is None or method in each.methods
            ]
            assert made.first(path, method) in (None, next(iter(answering), None))


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/users/me", ("/users/me", {})),
        ("/users/7", ("/users/{x}", {"x": "7"})),
        ("/users/posts", ("/users/{x}", {"x": "posts"})),
        ("/users/", None),
        ("/users/7/posts", None),
        ("/files/7", None),
        ("/nothing", None),
    ],
)
def test_one_look_is_enough_for_ordinary_paths(path, answer):
    """It tells for paths without parameters and for those that end in the only one."""
    made = table("/users/me", "/users/posts/all", "/users/{x}", "/users/{x}/posts", "/files/{x:int}")

    assert made.first(path, "GET") == answer
    assert made.first(path, "PUT") is None


def test_parameters_found_in_one_look_are_the_requests_own():
    """What a request does with its path parameters does not show in the next one."""
    made = table("/a")
    made.first("/a", "GET")[1]["x"] = 1

    assert made.first("/a", "GET") == ("/a", {})


# In an application


def application(*declarations):
    """Return an application whose endpoints answer with their template and parameters."""
    app = Straightway()

    def declare(methods, path):
        async def answer(request: Request):
            return [path, request.path_params]

        app.api_route(path, methods=methods)(answer)

    for methods, path in declarations:
        declare(methods, path)
    return app


def answer_to(app, method, path):
    """Return status, Allow header and body."""
    answer = ask(app, method=method, path=path)
    return answer.status, answer.headers.get("allow"), answer.body


def test_method_that_matches_later_beats_one_that_does_not():
    """A path that exists for another method is no answer while there is one for this."""
    app = application((["GET"], "/x"), (["POST"], "/{y}"))

    assert answer_to(app, "POST", "/x")[::2] == (200, b'["/{y}",{"y":"x"}]')
    assert answer_to(app, "GET", "/x")[::2] == (200, b'["/x",{}]')


def test_wrong_method_is_answered_with_all_that_are_allowed():
    """405 lists the methods of every route that has the path (RFC 9110, section 15.5.6), each once."""
    app = application((["GET"], "/x"), (["POST", "GET"], "/{y}"), (["PUT"], "/x"), (["DELETE"], "/z"))

    status, allow, body = answer_to(app, "PATCH", "/x")

    assert (status, body) == (405, b'{"detail":"Method Not Allowed"}')
    assert allow.split(", ") == ["GET", "POST", "PUT"]


def test_unknown_path_is_not_found():
    """404 for what no route has, for whatever method."""
    app = application((["GET"], "/x"))

    assert answer_to(app, "GET", "/y") == (404, None, b'{"detail":"Not Found"}')


def test_converted_parameter_that_does_not_match_leaves_the_next_route():
    """Order decides only among those that match."""
    app = application((["GET"], "/{x:int}"), (["GET"], "/{x}"))

    assert answer_to(app, "GET", "/3")[2] == b'["/{x:int}",{"x":3}]'
    assert answer_to(app, "GET", "/a")[2] == b'["/{x}",{"x":"a"}]'


def test_parameter_for_the_rest_of_a_path_needs_the_slash_before_it():
    """`/files` is not `/files/` with nothing after it: the client is sent there."""
    app = application((["GET"], "/files/{rest:path}"))

    assert answer_to(app, "GET", "/files/")[2] == b'["/files/{rest:path}",{"rest":""}]'
    answer = ask(app, method="GET", path="/files")
    assert (answer.status, answer.headers["location"]) == (307, "http://testserver/files/")

import builtins
import gc
import inspect
import keyword
import linecache
import traceback

import pytest

from straightway.compile.source import Code, Name, Source, build, code, joined, name_like


def built(*lines, names=None, file_name="<test>"):
    """Return a function `made` of these lines."""
    out = Source()
    out.names.update(names or {})
    with out.block("def {}():", Name("made")):
        for line in lines:
            out.line("{}", Code(line))
    return build(out, Name("made"), file_name)


# Names


@pytest.mark.parametrize("text", ["name", "_", "v1", "Größe", "match"])
def test_identifier_is_a_name(text):
    """What Python takes for an identifier may enter code as it is."""
    assert str(Name(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "1a", "a-b", "a b", "a\n", "a;b", "a(", "import os", "class", "None", "await", "a\0", "\ud800"],
    ids=repr,
)
def test_what_is_no_identifier_is_refused(text):
    """Nothing else may: it could be code, or break it."""
    with pytest.raises(ValueError, match="not an identifier"):
        Name(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("get_db", "get_db"),
        ("<lambda>", "lambda_"),
        ("class", "class_"),
        ("None", "None_"),
        ("a-b c", "a_b_c"),
        ("; import os", "import_os"),
        ("größe", "gr_e".replace("_", "__")),
        ("日本", "endpoint"),
        ("__call__", "call"),
        ("", "endpoint"),
        ("_", "endpoint"),
        ("123", "_123"),
        ("1a", "_1a"),
        ("\ud800\0\n", "endpoint"),
    ],
    ids=repr,
)
def test_name_that_resembles_a_text(text, name):
    """Any text becomes a name that a person recognises."""
    assert name_like(text) == name
    assert type(name_like(text)) is Name


# Parts


def test_values_are_quoted():
    """Plain values are written as Python writes them."""
    out = Source()

    out.line("{}, {}, {}, {}, {}", "it's", b"\x00", 3, True, None)

    assert str(out) == """"it's", b'\\x00', 3, True, None\n"""
    assert out.names == {}


@pytest.mark.parametrize(
    "text",
    [
        "'",
        '"',
        "'\"",
        "\\",
        "\n",
        "\r",
        "{}",
        "{0}",
        "{name}",
        "\0",
        "\ud800",
        "\u2028",
        "'''",
        "#",
        '"; import os; "',
    ],
    ids=repr,
)
def test_no_text_becomes_code(text):
    """Whatever a text holds, it is one literal on one line, and comes out as it went in."""
    out = Source()
    with out.block("def {}():", Name("made")):
        out.line("return {}", text)

    assert len(str(out).splitlines()) == 2
    assert build(out, Name("made"), "<test>")() == text


class Text(str):
    """A text that could write itself in any way."""

    __slots__ = ()

    def __repr__(self):
        return "__import__('os').abort()"


def test_only_plain_values_are_quoted():
    """A subclass may have a `repr` of its own: such a value is bound, not written."""
    out = Source()

    out.line("{}", Text("a"))

    assert str(out) == "Text\n"
    assert out.names == {"Text": "a"}


def test_objects_are_bound():
    """An object is a global of the generated module, under its own name where it has one."""
    out = Source()

    out.line("{}({}, {})", len, [1], Source)

    assert str(out) == "len_({}, {})\n".format("list_", "Source")
    assert out.names == {"len_": len, "list_": [1], "Source": Source}


def test_object_has_one_name():
    """The same object keeps its name wherever it is used."""
    out, shared = Source(), object()

    first, second = out.bind(shared, "first"), out.bind(shared, "second")

    assert (first, second) == ("first", "first")
    assert out.names == {"first": shared}


def test_objects_of_one_name_are_numbered():
    """Two functions of the same name are two globals; equal objects are two, too."""
    out = Source()

    names = [out.bind([], "db") for _ in range(3)]

    assert names == ["db", "db_2", "db_3"]


def test_number_that_is_taken_is_skipped():
    """A function may be called what another would be numbered."""
    out = Source()

    assert [out.bind(object(), each) for each in ("db_2", "db", "db")] == ["db_2", "db", "db_3"]


@pytest.mark.parametrize(
    "word",
    ["v0", "v12", "scope", "receive", "send", "request", "errors", "in_thread_3", "content", "request_stack"],
)
def test_bound_name_never_shadows_a_local(word):
    """What generated functions call their own variables is not what a global is called."""
    assert Source().bind(object(), word) == f"{word}_"


@pytest.mark.parametrize(
    "word", [each for each in dir(builtins) if each.isidentifier() and not keyword.iskeyword(each)]
)
def test_bound_name_never_shadows_a_builtin(word):
    """Generated code uses some: a dependency called `list` does not take its place."""
    name = Source().bind(object(), word)

    assert not hasattr(builtins, name)


def test_name_that_gives_way_may_be_taken():
    """`scope_` may be a function's name, as well."""
    out = Source()

    assert [out.bind(object(), each) for each in ("scope_", "scope")] == ["scope_", "scope__2"]


def test_pieces_of_code():
    """An expression is made of parts, as a line is, and enters a line as it is."""
    out = Source()

    pieces = [code(out, "{}={}", Name(each), "it's") for each in ("a", "b")]
    out.line("f({})", joined(", ", pieces))

    assert str(out) == """f(a="it's", b="it's")\n"""


def test_braces_of_a_piece_are_not_filled_again():
    """A piece is not a template."""
    out = Source()

    out.line("f({})", code(out, "{}", "{}{0}"))

    assert str(out) == "f('{}{0}')\n"


# Lines


def test_blocks_are_indented():
    """What follows a block's first line is one level deeper, until the block ends."""
    out = Source()

    with out.block("if {}:", True), out.block("if {}:", False):
        out.line("pass")
    out.line("done")

    assert str(out) == "if True:\n    if False:\n        pass\ndone\n"


def test_missing_part_is_an_error():
    """A template without its parts is a mistake of the emitter, found at once."""
    with pytest.raises(IndexError):
        Source().line("{} {}", 1)


# Building


def test_built_function_sees_what_was_bound():
    """It runs in a module of its own, with the bound objects as globals."""
    assert built("return value + 1", names={"value": 1})() == 2


def test_source_of_a_built_function_can_be_shown():
    """`inspect.getsource`, and so a debugger, finds the text."""
    made = built("return 1", file_name="<test of getsource>")

    assert inspect.getsource(made) == "def made():\n    return 1\n"
    assert inspect.getsourcefile(made) == "<test of getsource>"


def test_traceback_shows_the_line():
    """An exception that passes through is shown with file name and text."""
    made = built("raise ValueError(1)", file_name="<test of traceback>")

    with pytest.raises(ValueError, match="1") as caught:
        made()

    last = traceback.extract_tb(caught.tb)[-1]
    assert (last.filename, last.lineno, last.line) == ("<test of traceback>", 2, "raise ValueError(1)")


def test_text_survives_a_check_of_the_cache():
    """Debuggers drop files that have changed on disk; there is no disk here."""
    made = built("return 1", file_name="<test of checkcache>")

    linecache.checkcache()
    linecache.checkcache("<test of checkcache>")

    assert inspect.getsource(made) == "def made():\n    return 1\n"


def test_file_names_are_unique():
    """Two functions of one name keep their texts apart."""
    first, second = (built(f"return {each}", file_name="<test of names>") for each in (1, 2))

    assert inspect.getsourcefile(first) == "<test of names>"
    assert inspect.getsourcefile(second) == "<test of names #2>"
    assert "return 1" in inspect.getsource(first)
    assert "return 2" in inspect.getsource(second)


def test_text_is_forgotten_with_the_function():
    """What is compiled again and again, such as for overrides in tests, does not fill the memory."""
    made = built("return 1", file_name="<test of forgetting>")
    assert "<test of forgetting>" in linecache.cache

    del made
    gc.collect()

    assert "<test of forgetting>" not in linecache.cache
    assert (
        inspect.getsourcefile(built("return 2", file_name="<test of forgetting>")) == "<test of forgetting>"
    )


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "a\nb", "日本", "it's", "a\x1bb", "x" * 5000], ids=ascii)
def test_file_name_may_hold_anything(text):
    """A path may: the name is still one line that a terminal can show."""
    made = built("return 1", file_name=f"<test of {text}>")

    name = inspect.getsourcefile(made)

    assert made() == 1
    assert name.isprintable()
    assert name.encode()
    assert inspect.getsource(made) == "def made():\n    return 1\n"


def test_readable_file_name_is_kept():
    """Only what cannot be shown is replaced."""
    assert (
        inspect.getsourcefile(built("return 1", file_name="<GET /größe/{it's} 日本>"))
        == "<GET /größe/{it's} 日本>"
    )

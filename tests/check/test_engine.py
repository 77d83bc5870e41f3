from straightway.check.engine import check
from straightway.check.rules.table import RULES
from tests.check.applications import faults, written

SLOW = """
    import time
    from fastapi import FastAPI

    app = FastAPI()

    @app.get("/")
    async def index():
        time.sleep(1){}
"""


def test_findings_come_in_order_of_file_and_line(tmp_path):
    """Findings of several rules are sorted by place, not by rule."""
    found = faults(
        tmp_path,
        main="""
            import time
            from fastapi import FastAPI

            app = FastAPI()

            @app.get("/a")
            async def a():
                time.sleep(1)

            @app.get("/a")
            def b(): ...
        """,
    )

    assert found == [("SW401", 9), ("SW102", 11)]


def test_a_comment_excuses_its_line(tmp_path):
    """`# straightway: ignore[...]` takes ids, lists of them and groups; other ids stay."""
    assert faults(tmp_path, main=SLOW.format("")) == [("SW401", 9)]
    assert faults(tmp_path, main=SLOW.format("  # straightway: ignore[SW401]")) == []
    assert faults(tmp_path, main=SLOW.format("  # straightway: ignore[sw101, SW401]")) == []
    assert faults(tmp_path, main=SLOW.format("  # straightway: ignore[SW4]  start-up only")) == []
    assert faults(tmp_path, main=SLOW.format("  # straightway: ignore[SW402]")) == [("SW401", 9)]


def test_a_comment_in_a_string_excuses_nothing(tmp_path):
    """Only comments count, not text that looks like one."""
    source = SLOW.format('; "# straightway: ignore[SW401]"')

    assert faults(tmp_path, main=source) == [("SW401", 9)]


def test_a_fault_seen_twice_is_told_once(tmp_path):
    """What the source and the imported application both show is one finding."""
    project = written(
        tmp_path,
        twice="""
            from straightway import Straightway

            app = Straightway()

            @app.get("/a")
            def a(): ...

            @app.get("/a")
            def b(): ...
        """,
    )
    namespace = {"__name__": "twice"}
    path = str(tmp_path / "twice.py")
    exec(compile((tmp_path / "twice.py").read_text(), path, "exec"), namespace)  # noqa: S102  # the source above

    found = check(project, RULES, namespace["app"])

    assert [(each.rule, each.line) for each in found if each.rule != "SW803"] == [("SW102", 9)]
    assert [each.what for each in found if each.rule == "SW803"] == []


def test_a_finding_has_place_and_both_sentences(tmp_path):
    """Line and column count from 1; a rule's remedy is told where the finding has none of its own."""
    (found,) = check(written(tmp_path, main=SLOW.format("")), RULES)

    assert (found.file, found.line, found.column) == (tmp_path / "main.py", 9, 5)
    assert found.what.startswith("time.sleep() stops the event loop")
    assert found.instead.startswith("write await asyncio.sleep(...)")


def test_a_very_deep_expression_is_no_obstacle(tmp_path):
    """What Python can compile is read, however long its sums are."""
    total = " + ".join(["1"] * 1500)
    source = SLOW.format("").replace("time.sleep(1)", f"time.sleep({total})")

    assert faults(tmp_path, main=source) == [("SW401", 9)]

import pytest

from straightway.check.engine import check
from straightway.check.fixes import diff_of, mended
from straightway.check.model.project import read_project
from straightway.check.rules.table import RULES
from tests.check.applications import written

HEAD = """\
from fastapi import Depends, FastAPI, HTTPException

app = FastAPI()


async def load(größe: int = 1) -> int:
    return größe


def get_db():
    yield 1


"""


def fixed(folder, body):
    """Mend a module and return what comes after its head, and after mending it again."""
    project = written(folder, main=HEAD + body)
    once = mended(HEAD + body, check(project, RULES))
    (folder / "main.py").write_text(once, encoding="utf-8")
    twice = mended(once, check(read_project(folder, ["main"]), RULES))
    return once.removeprefix(HEAD), twice.removeprefix(HEAD)


@pytest.mark.parametrize(
    ("faulty", "correct"),
    [
        (
            '@app.get("/")\ndef index(db=Depends(get_db())): ...\n',
            '@app.get("/")\ndef index(db=Depends(get_db)): ...\n',
        ),
        (
            '@app.get("/")\nasync def index():\n    return load(größe=2)  # ü\n',
            '@app.get("/")\nasync def index():\n    return await load(größe=2)  # ü\n',
        ),
        (
            '@app.get("/")\nasync def index(ü: int = 1):\n    x = "ü"; load(); return x\n',
            '@app.get("/")\nasync def index(ü: int = 1):\n    x = "ü"; await load(); return x\n',
        ),
        (
            '@app.get("/")\ndef index():\n    return HTTPException(\n        404,\n    )\n',
            '@app.get("/")\ndef index():\n    raise HTTPException(\n        404,\n    )\n',
        ),
    ],
    ids=["depends", "await", "await in a line with umlauts", "raise"],
)
def test_what_is_safe_is_mended_once(tmp_path, faulty, correct):
    """The edit does what was meant, and a second run changes nothing."""
    assert fixed(tmp_path, faulty) == (correct, correct)


@pytest.mark.parametrize(
    "body",
    [
        '@app.get("/")\ndef index():\n    return load()\n',
        '@app.get("/")\ndef index(db=Depends(load(größe=3))): ...\n',
    ],
    ids=["await outside of async def", "arguments that would be lost"],
)
def test_what_is_not_safe_is_left_alone(tmp_path, body):
    """A fault is reported, and the text stays as it is."""
    assert fixed(tmp_path, body) == (body, body)


def test_several_edits_of_a_file_do_not_disturb_each_other(tmp_path):
    """Edits are applied from the end, so that their places stay true."""
    body = '@app.get("/")\nasync def index(db=Depends(get_db())):\n    load(); load()\n    return HTTPException(404)\n'

    assert fixed(tmp_path, body)[0] == (
        '@app.get("/")\nasync def index(db=Depends(get_db)):\n    await load(); await load()\n    raise HTTPException(404)\n'
    )


def test_line_endings_are_kept(tmp_path):
    """A file with CR LF stays one."""
    source = (HEAD + '@app.get("/")\ndef index():\n    return HTTPException(404)\n').replace("\n", "\r\n")
    (tmp_path / "main.py").write_bytes(source.encode())

    after = mended(source, check(read_project(tmp_path, ["main"]), RULES))

    assert after == source.replace("return HTTPException", "raise HTTPException")


def test_a_change_is_shown_as_a_unified_diff():
    """The diff names the file and has the changed lines."""
    assert (
        diff_of("a\nb\n", "a\nc\n", "main.py")
        == "--- a/main.py\n+++ b/main.py\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"
    )
    assert diff_of("a\n", "a\n", "main.py") == ""

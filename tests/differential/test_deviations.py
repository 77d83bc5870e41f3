"""Every documented deviation is really needed, and nothing else passes for one."""

from dataclasses import dataclass

import pytest

from tests.differential import comparing, deviations
from tests.differential.comparing import Difference, compared
from tests.differential.programs import HEADER
from tests.differential.questions import Question

JSON = (("content-type", "application/json"),)


@dataclass(frozen=True)
class Written:
    """A program that was written by hand."""

    endpoints: str

    def text(self, package):
        """Return the module for one of the frameworks."""
        application = {"fastapi": "FastAPI", "straightway": "Straightway"}[package]
        header = HEADER.format(package=package, application=application)
        return f'{header}\nPACKAGE = "{package}"\napp = Application(title="Compared")\n{self.endpoints}'


NEEDED = {
    "_allow_of_all": (
        """
@app.get("/a")
def read():
    return 1


@app.put("/a")
def write():
    return 1
""",
        Question("DELETE", "/a"),
    ),
    "_numbers_without_json": (
        """
@app.get("/a")
def read():
    return {"number": math.nan}
""",
        Question("GET", "/a"),
    ),
    "_security_before_body": (
        """
def user():
    EVENTS.append("user")
    raise HTTPException(401)


@app.post("/a", dependencies=[Depends(user)])
def write(body: dict):
    return 1
""",
        Question("POST", "/a", "", JSON, b"{bad"),
    ),
    "_notation_of_exponents": (
        """
@app.get("/a")
def read():
    return [1e-7, 1e300]
""",
        Question("GET", "/a"),
    ),
}


@pytest.mark.parametrize("name", NEEDED)
def test_deviation_is_needed(monkeypatch, name):
    """With it the answers count as the same; without it they differ."""
    endpoints, question = NEEDED[name]
    assert compared(Written(endpoints), [question]) == 1

    others = tuple(each for each in deviations.DEVIATIONS if each.__name__ != name)
    monkeypatch.setattr(deviations, "DEVIATIONS", others)

    with pytest.raises(Difference):
        compared(Written(endpoints), [question])


def test_every_deviation_is_shown_to_be_needed():
    """None is left over from a difference that is no more."""
    assert {each.__name__ for each in deviations.DEVIATIONS} == NEEDED.keys()


PLANTED = {
    "status": "@app.get('/a')\ndef read():\n    return Response(status_code=len(PACKAGE) * 50)\n",
    "body": "@app.get('/a')\ndef read():\n    return [PACKAGE]\n",
    "headers": "@app.get('/a')\ndef read():\n    return Response(headers={'x-package': PACKAGE})\n",
    "events": "@app.get('/a')\ndef read():\n    EVENTS.append(PACKAGE)\n",
    "error": "@app.get('/a')\ndef read():\n    raise {'fastapi': KeyError, 'straightway': ValueError}[PACKAGE]()\n",
}


@pytest.mark.parametrize("what", PLANTED)
def test_planted_difference_is_found(what):
    """An application that answers otherwise on one side is reported with its text and what both did."""
    with pytest.raises(Difference) as found:
        compared(Written(PLANTED[what]), [Question("GET", "/a")])

    assert what in str(found.value).splitlines()[0]
    assert "def read():" in str(found.value)
    assert "Outcome(" in str(found.value)


def test_planted_difference_of_documents_is_found():
    """A document that differs is reported with the place."""
    program = Written("@app.get('/a', summary=PACKAGE)\ndef read():\n    return 1\n")

    with pytest.raises(Difference, match="/paths//a/get/summary"):
        compared(program, [])


def test_declaration_that_one_side_refuses_is_found():
    """An error at declaration is an outcome, too."""
    program = Written("if PACKAGE == 'fastapi':\n    raise ValueError('refused')\n")

    with pytest.raises(Difference, match="only one refuses"):
        compared(program, [])


def test_programs_leave_nothing_behind():
    """Modules of generated programs are forgotten."""
    before = set(comparing.sys.modules)

    compared(Written("@app.get('/a')\ndef read():\n    return 1\n"), [Question("GET", "/a")])

    assert {each for each in set(comparing.sys.modules) - before if each.startswith("differential")} == set()

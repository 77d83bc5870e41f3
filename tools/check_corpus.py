"""Score `straightway check` on the corpus of faulty and correct applications, and on applications of others.

    python -m tools.check_corpus             # tests/check/corpus and the examples
    python -m tools.check_corpus --upstream  # and the documentation's examples of FastAPI, downloaded

A faulty application says in a comment at the end of the line which rule has to find something there.
"""

import argparse
import contextlib
import gc
import importlib
import inspect
import io
import re
import sys
import tomllib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from straightway.application import Straightway
from straightway.check.engine import check
from straightway.check.model.project import read_project
from straightway.check.rules.table import RULES
from tests.conformance.upstream import fetch, lay_out
from tools.environments import CACHE, ROOT

CORPUS = ROOT / "tests" / "check" / "corpus"
EXCEPTIONS = ROOT / "tests" / "check" / "upstream.toml"
MARK = re.compile(r"#\s*(SW\d{3})\b")
MAINS = ("main.py", "app.py")

Fault = tuple[str, str, int]
"""Id, file below the corpus, line."""


@dataclass(frozen=True, slots=True)
class Score:
    """What one application was expected to show, and what was found."""

    name: str
    expected: frozenset[Fault]
    found: frozenset[Fault]

    @property
    def missed(self) -> list[Fault]:
        """Faults that were not found."""
        return sorted(self.expected - self.found)

    @property
    def false(self) -> list[Fault]:
        """What was reported and is no fault."""
        return sorted(self.found - self.expected)


def applications(folder: Path) -> list[Path]:
    """List the applications of a part of the corpus: single files, and packages with a main.py or app.py."""
    files = list(folder.glob("*.py"))
    packages = [
        each / name for each in folder.iterdir() if each.is_dir() for name in MAINS if (each / name).is_file()
    ]
    return sorted(files + packages)


def score(file: Path, folder: Path, *, imports: bool = True) -> Score:
    """Check one application below a folder, the rules for production among the others if it is about those."""
    module = ".".join(file.relative_to(folder).with_suffix("").parts)
    project = read_project(folder, [module])
    expected = frozenset(_marked(each.path, folder) for each in project.modules.values())
    marked = frozenset(fault for faults in expected for fault in faults)
    about_production = any(fault[0].startswith("SW8") for fault in marked) or file.stem == "deployed"
    rules = [rule for rule in RULES if about_production or not rule.deploy]
    application = imported(module, folder) if imports else None
    found = check(project, rules, application)
    places = frozenset((each.rule, str(each.file.relative_to(folder)), each.line) for each in found)
    return Score(str(file.relative_to(folder)), marked, places)


def _marked(file: Path, folder: Path) -> frozenset[Fault]:
    name = str(file.relative_to(folder))
    lines = file.read_text(encoding="utf-8").splitlines()
    return frozenset(
        (match[1], name, number) for number, line in enumerate(lines, 1) for match in MARK.finditer(line)
    )


def imported(module: str, folder: Path) -> Straightway | None:
    """Import an application; None for one of FastAPI's, and for one that needs what is not installed."""
    sys.path.insert(0, str(folder))
    before = set(sys.modules)
    # A coroutine that nobody awaits warns when it is let go, which has to happen in here.
    with warnings.catch_warnings(action="ignore"):
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                application = _attempted(module)
        finally:
            sys.path.remove(str(folder))
            for name in set(sys.modules) - before:
                if name.partition(".")[0] == module.partition(".")[0]:
                    del sys.modules[name]
        if application is None:
            _close_coroutines(folder)
        return application


def _close_coroutines(folder: Path) -> None:
    """Close what a faulty application has left unawaited: caches of the framework may hold on to it until much later."""
    for each in gc.get_objects():
        if inspect.iscoroutine(each) and each.cr_code.co_filename.startswith(str(folder)):
            each.close()


def _attempted(module: str) -> Straightway | None:
    try:
        application: object = getattr(importlib.import_module(module), "app", None)
    except Exception:  # noqa: BLE001  # what is refused at declaration is checked by its source
        return None
    return application if isinstance(application, Straightway) else None


def corpus() -> tuple[list[Score], list[Score]]:
    """Score the faulty and the correct applications."""
    faulty, correct = CORPUS / "faulty", CORPUS / "correct"
    return [score(each, faulty) for each in applications(faulty)], [
        score(each, correct) for each in applications(correct)
    ]


def examples() -> Iterator[Score]:
    """Score the example applications, which have no faults."""
    yield score(ROOT / "examples" / "first_app.py", ROOT / "examples")
    yield score(ROOT / "examples" / "todo" / "todo" / "main.py", ROOT / "examples" / "todo", imports=False)
    yield score(ROOT / "docs" / "examples" / "read_item.py", ROOT / "docs" / "examples")


def upstream() -> list[Score]:
    """Score FastAPI's documentation examples: what tests/check/upstream.toml names is expected there."""
    cache = CACHE / "conformance"
    cache.mkdir(parents=True, exist_ok=True)
    folder = CACHE / "check" / "upstream"
    lay_out(fetch(cache, python=Path(getattr(sys, "_base_executable", sys.executable))), folder)
    _put_straightway_first()
    listed: dict[str, list[dict[str, str]]] = tomllib.loads(EXCEPTIONS.read_text(encoding="utf-8"))
    excused = {(each["id"], each["file"]) for each in listed["exception"]}
    scores = [_upstream_score(each, folder, excused) for each in sorted((folder / "docs_src").rglob("*.py"))]
    used = {(fault[0], fault[1]) for each in scores for fault in each.expected}
    unused = frozenset((rule, file, 0) for rule, file in excused - used)
    return [*scores, Score("tests/check/upstream.toml", unused, frozenset())]


def _put_straightway_first() -> None:
    """Have `import fastapi` find the distribution in compat, so that the examples are imported on Straightway."""
    sys.path.insert(0, str(ROOT / "compat" / "fastapi" / "src"))
    for name in [each for each in sys.modules if each.partition(".")[0] == "fastapi"]:
        del sys.modules[name]


def _upstream_score(file: Path, folder: Path, excused: set[tuple[str, str]]) -> Score:
    """Check the file as the module it is, in the package it is in; what it imports is scored by itself."""
    name = str(file.relative_to(folder))
    parts, parent = [file.parent.name if file.name == "__init__.py" else file.stem], file.parent
    if file.name == "__init__.py":
        parent = parent.parent
    while (parent / "__init__.py").is_file():
        parts.insert(0, parent.name)
        parent = parent.parent
    # Without a limit on bodies, as an application that is not about to be deployed may be.
    rules = [rule for rule in RULES if rule.id != "SW803"]
    module = ".".join(parts)
    findings = check(read_project(parent, [module]), rules, imported(module, parent))
    found = frozenset((each.rule, name, each.line) for each in findings if each.file == file)
    return Score(name, frozenset(each for each in found if each[:2] in excused), found)


def told(title: str, scores: list[Score]) -> bool:
    """Print a line of figures, and every difference; return whether there was none."""
    expected = sum(len(each.expected) for each in scores)
    missed = [fault for each in scores for fault in each.missed]
    false = [fault for each in scores for fault in each.false]
    print(
        f"{title}: {len(scores)} files, {expected - len(missed)} of {expected} faults found, {len(false)} false alarms"
    )
    for word, faults in (("missed", missed), ("false alarm", false)):
        for rule, file, line in faults:
            print(f"  {word}: {rule} {file}:{line}")
    return not missed and not false


def main() -> None:
    """Print the scores, and exit with 1 if something was missed or wrongly reported."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--upstream", action="store_true", help="check FastAPI's documentation examples too")
    arguments = parser.parse_args()
    faulty, correct = corpus()
    outcomes = [told("faulty", faulty), told("correct", correct), told("examples", list(examples()))]
    if arguments.upstream:
        outcomes.append(told("FastAPI's docs_src", upstream()))
    sys.exit(not all(outcomes))


if __name__ == "__main__":
    main()

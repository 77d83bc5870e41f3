"""Applications written into a directory by a test, and what the checker finds in them."""

import textwrap

from straightway.check.engine import check
from straightway.check.model.project import read_project
from straightway.check.rules.table import RULES


def written(folder, **sources):
    """Write modules into a folder; the first is the application's. A double underscore in a name stands for a dot."""
    for name, source in sources.items():
        file = folder.joinpath(*name.split("__")).with_suffix(".py")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(source), encoding="utf-8")
    return read_project(folder, [next(iter(sources)).replace("__", ".")])


def faults(folder, rules=RULES, **sources):
    """Return the id and line of everything that is found in the modules' source."""
    return [(each.rule, each.line) for each in check(written(folder, **sources), rules)]

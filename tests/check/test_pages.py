import re

import pytest

from straightway.check.engine import check
from straightway.check.model.project import read_project
from straightway.check.pages import example_of
from straightway.check.rules.table import GROUPS, RULES
from tools.check_corpus import imported
from tools.check_pages import FOLDER, pages


def found_in(folder, source, name):
    """Write the source into a file, import it, and return what the rules find: ids and lines."""
    (folder / f"{name}.py").write_text(source, encoding="utf-8")
    return [
        (each.rule, each.line) for each in check(read_project(folder, [name]), RULES, imported(name, folder))
    ]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_example_of_a_page_is_what_the_rule_finds(rule, tmp_path):
    """The faulty application has the fault in the marked line and no other; the mended one has none."""
    bad, good, _ = example_of(rule)
    marked = [
        (rule.id, number) for number, line in enumerate(bad.splitlines(), 1) if line.endswith(f"# {rule.id}")
    ]

    def relevant(found):
        # The rules for production would add that small examples have no limits.
        return [each for each in found if rule.deploy or not each[0].startswith("SW8")]

    assert len(marked) == 1
    assert relevant(found_in(tmp_path, bad, f"bad_{rule.id}")) == marked
    assert relevant(found_in(tmp_path, good, f"good_{rule.id}")) == []


def test_the_pages_are_written():
    """docs/check is what `python -m tools.check_pages` writes."""
    written = {file.name: file.read_text(encoding="utf-8") for file in FOLDER.glob("*.md")}

    assert written == pages()


def test_ids_are_unique_and_in_a_group():
    """An id is SW and three digits; the first is that of a group."""
    ids = [rule.id for rule in RULES]

    assert sorted(set(ids)) == ids
    assert all(re.fullmatch(r"SW\d{3}", each) and each[2] in GROUPS for each in ids)


def test_sentences_of_the_table_fit_on_a_line():
    """Why is a sentence, the remedy goes on after `instead:`."""
    for rule in RULES:
        assert rule.why.endswith(".")
        assert "\n" not in rule.why + rule.remedy
        assert not rule.remedy.endswith(".")

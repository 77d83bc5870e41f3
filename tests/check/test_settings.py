import pytest

from straightway.check.rules.table import RULES
from straightway.check.settings import BadSettings, Selection, checked_ids, read_settings, selected


def ids(**given):
    """Return the ids that a selection leaves."""
    return {rule.id for rule in selected(Selection(**given))}


def test_without_settings_all_but_the_rules_for_production_run():
    """--deploy adds those for production."""
    assert ids() == {rule.id for rule in RULES if not rule.deploy}
    assert ids(deploy=True) == {rule.id for rule in RULES}


def test_select_takes_ids_and_groups():
    """Only what is selected runs; a rule for production that is selected runs too."""
    assert ids(select=("SW101", "SW801")) == {"SW101", "SW801"}
    assert ids(select=("SW6",)) == {rule.id for rule in RULES if rule.id.startswith("SW6")}


def test_the_longer_id_wins():
    """A group can be selected but for a rule, or ignored but for one; at equal length it is ignored."""
    assert "SW101" not in ids(select=("SW1",), ignore=("SW101",))
    assert ids(select=("SW101",), ignore=("SW1",)) == {"SW101"}
    assert ids(select=("SW101",), ignore=("SW101",)) == set()


def test_unknown_ids_are_refused():
    """A misspelt id would otherwise select nothing in silence."""
    assert checked_ids(["sw101, SW2"]) == ("SW101", "SW2")
    with pytest.raises(BadSettings, match="SW999"):
        checked_ids(["SW999"])
    with pytest.raises(BadSettings, match="no rule has the id S"):
        checked_ids(["S"])


def test_settings_are_read_from_the_nearest_pyproject(tmp_path):
    """The file is looked for upwards from the application's folder."""
    (tmp_path / "pyproject.toml").write_text(
        '[tool.straightway]\nentrypoint = "a:b"\n[tool.straightway.check]\nselect = ["sw1"]\nignore = ["SW101"]\n'
        "deploy = true\nstrict = true\n"
    )
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)

    assert read_settings(folder) == Selection(("SW1",), ("SW101",), deploy=True, strict=True)


@pytest.mark.parametrize(
    "content",
    [
        "[tool.straightway]\ncheck = 1",
        "[tool.straightway.check]\nselct = []",
        "[tool.straightway.check]\nselect = 'SW1'",
        "[tool.straightway.check]\nselect = [1]",
        "[tool.straightway.check]\ndeploy = 'yes'",
        "[tool.straightway.check]\nignore = ['X1']",
        "no toml",
    ],
)
def test_mistakes_in_the_settings_are_told(tmp_path, content):
    """A key, type or id that means nothing is refused with the name of the file."""
    (tmp_path / "pyproject.toml").write_text(content)

    with pytest.raises(BadSettings):
        read_settings(tmp_path)


def test_another_tools_table_is_none_of_our_business(tmp_path):
    """A pyproject.toml without the table changes nothing."""
    (tmp_path / "pyproject.toml").write_text("[tool.other]\nx = 1\n")

    assert read_settings(tmp_path) == Selection()

"""Which rules are wanted: from the command line, or from pyproject.toml beside the application."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from straightway.check.findings import Rule
from straightway.check.rules.table import RULES

__all__ = ["BadSettings", "Selection", "read_settings", "selected"]

KEYS = frozenset({"deploy", "ignore", "select", "strict"})


class BadSettings(Exception):  # noqa: N818  # an outcome to be told
    """What is wrong with an option or with pyproject.toml, in one sentence."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What is asked for: prefixes of ids (`SW1` is a group), whether production is meant, whether warnings fail."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    deploy: bool = False
    strict: bool = False


def read_settings(directory: Path) -> Selection:
    """Read `[tool.straightway.check]` of the nearest pyproject.toml, upwards from a directory."""
    for folder in (directory, *directory.parents):
        file = folder / "pyproject.toml"
        if file.is_file():
            return _from_file(file)
    return Selection()


def _from_file(file: Path) -> Selection:
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSettings(f"{file} cannot be read: {error}") from error
    table = content.get("tool", {}).get("straightway", {})
    given = table.get("check", {}) if isinstance(table, dict) else {}
    if not isinstance(given, dict) or not given.keys() <= KEYS:
        unknown = ", ".join(sorted(given.keys() - KEYS)) if isinstance(given, dict) else "no table"
        raise BadSettings(f"[tool.straightway.check] in {file} has {', '.join(sorted(KEYS))}; not {unknown}")
    return Selection(
        _ids(given.get("select", []), file), _ids(given.get("ignore", []), file),
        _flag(given.get("deploy", False), file), _flag(given.get("strict", False), file),
    )  # fmt: skip


def _flag(value: object, file: Path) -> bool:
    if isinstance(value, bool):
        return value
    raise BadSettings(
        f"[tool.straightway.check] in {file}: deploy and strict are true or false, not {value!r}"
    )


def _ids(value: object, file: Path) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return checked_ids([str(each) for each in value])
    raise BadSettings(
        f"[tool.straightway.check] in {file}: select and ignore are lists of ids, not {value!r}"
    )


def checked_ids(given: Iterable[str]) -> tuple[str, ...]:
    """Return ids or groups in upper case; raise `BadSettings` for one that no rule has."""
    ids = tuple(each.strip().upper() for text in given for each in text.split(",") if each.strip())
    for each in ids:
        if not any(rule.id.startswith(each) for rule in RULES) or not each.startswith("SW"):
            raise BadSettings(f"no rule has the id {each}; straightway check --list-rules shows them all")
    return ids


def selected(selection: Selection) -> list[Rule]:
    """Return the rules that are asked for; a longer id wins over a shorter one, `ignore` over an equal `select`."""
    return [rule for rule in RULES if _is_wanted(rule, selection)]


def _is_wanted(rule: Rule, selection: Selection) -> bool:
    chosen = max((len(each) for each in selection.select if rule.id.startswith(each)), default=0)
    refused = max((len(each) for each in selection.ignore if rule.id.startswith(each)), default=0)
    if refused and refused >= chosen:
        return False
    if rule.deploy and not (selection.deploy or chosen):
        return False
    return bool(chosen) or not selection.select

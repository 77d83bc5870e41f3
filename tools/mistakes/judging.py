"""Run the corpus on both frameworks, and judge what each says by the same two questions.

*Place*: does what is said name one of the marked lines, as `file.py:12` or `File "file.py", line 12`? In the message
it is what a person reads first; where only a frame of the traceback has it, they have to find it among the frames of
the framework. *Remedy*: does what is said contain one of the words that the application asks for? What is said is the
text of exceptions with their notes, the log, warnings, and the response; the source in a traceback does not count.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tools.environments import ROOT
from tools.mistakes.corpus import CORPUS, Mistake

__all__ = ["Verdict", "verdicts_on_fastapi", "verdicts_on_straightway"]

COMPAT = ROOT / "compat" / "fastapi" / "src"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a framework says about one mistake."""

    place: Literal["message", "traceback", "no"]
    remedy: bool
    said: str
    """The text that names the place, or the first one."""
    checked: bool = False
    """Only `straightway check` says it: the application runs."""

    @property
    def is_told(self) -> bool:
        """Whether the message has both."""
        return self.place == "message" and self.remedy


def verdicts_on_fastapi(mistakes: Sequence[Mistake]) -> list[Verdict]:
    """Run the applications on the FastAPI of this environment."""
    found = _attempted(mistakes, {})
    return [_verdict(each, found[each.name]) for each in mistakes]


def verdicts_on_straightway(mistakes: Sequence[Mistake]) -> list[Verdict]:
    """Run the applications on Straightway under FastAPI's names, and check those about which that says nothing."""
    found = _attempted(mistakes, {"PYTHONPATH": str(COMPAT)})
    verdicts = [_verdict(each, found[each.name]) for each in mistakes]
    return [
        verdict if verdict.is_told else _checked(each) or verdict
        for each, verdict in zip(mistakes, verdicts, strict=True)
    ]


def _attempted(mistakes: Sequence[Mistake], variables: dict[str, str]) -> dict[str, Any]:
    asked = [
        {"name": each.name, "file": str(each.file), "trigger": each.trigger, "without": each.without}
        for each in mistakes
    ]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "mistakes" / "attempt.py")],
        input=json.dumps(asked),
        env=kept | {"PYTHONDONTWRITEBYTECODE": "1"} | variables,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _verdict(mistake: Mistake, found: Any) -> Verdict:
    texts: list[str] = [text for text in (*found["texts"], found["body"]) if text]
    naming = [text for text in texts if _names(text, mistake)]
    is_framed = any(_is_marked(file, line, mistake) for file, line in found["frames"])
    remedy = any(words in text for words in mistake.remedies for text in texts)
    place: Literal["message", "traceback", "no"] = "message" if naming else "traceback" if is_framed else "no"
    return Verdict(place, remedy, (naming or texts or [f"nothing; the response is {found['status']}"])[0])


def _names(text: str, mistake: Mistake) -> bool:
    places = re.findall(r'([\w.]+\.py)(?:", line |:)(\d+)', text)
    return any(_is_marked(file, int(line), mistake) for file, line in places)


def _is_marked(file: str, line: int, mistake: Mistake) -> bool:
    return (file.rpartition("/")[2], line) in mistake.places


def _checked(mistake: Mistake) -> Verdict | None:
    done = subprocess.run(
        [sys.executable, "-m", "straightway", "check", "--json", str(mistake.file)],
        cwd=CORPUS,
        capture_output=True,
        text=True,
        check=False,
    )
    for each in json.loads(done.stdout)["findings"]:
        text = f"{each['file']}:{each['line']}: {each['id']} {each['what']}\n  instead: {each['instead']}"
        if _names(text, mistake):
            remedy = any(words in text for words in mistake.remedies)
            return Verdict("message", remedy, text, checked=True)
    return None

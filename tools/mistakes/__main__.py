"""`make mistakes`: run the corpus on both frameworks, print the table, and write docs/mistakes.md.

python -m tools.mistakes           # write the page
python -m tools.mistakes --check   # write nothing; fail if the page is out of date
"""

import argparse
import sys

from tools.mistakes.corpus import corpus
from tools.mistakes.judging import verdicts_on_fastapi, verdicts_on_straightway
from tools.mistakes.page import PAGE, page

WANTED = 24
"""How many of the mistakes have to be told with line and remedy."""


def main() -> None:
    """Print what is said about each mistake, and exit with 1 if too few are told."""
    parser = argparse.ArgumentParser(prog="python -m tools.mistakes", description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail if the page is out of date")
    arguments = parser.parse_args()
    mistakes = corpus()
    theirs, ours = verdicts_on_fastapi(mistakes), verdicts_on_straightway(mistakes)
    print(f"{'':34}{'FastAPI':24}Straightway")
    for mistake, their, our in zip(mistakes, theirs, ours, strict=True):
        words = (f"{each.place}, {'a' if each.remedy else 'no'} remedy" for each in (their, our))
        print(f"{mistake.name:34}{next(words):24}{next(words)}{' (check)' if our.checked else ''}")
    told = [sum(each.is_told for each in verdicts) for verdicts in (theirs, ours)]
    print(f"Told with line and remedy: {told[0]} and {told[1]} of {len(mistakes)}")
    text = page(mistakes, theirs, ours)
    is_stale = PAGE.read_text("utf-8") != text if PAGE.exists() else True
    if not arguments.check:
        PAGE.write_text(text, "utf-8")
    elif is_stale:
        print("docs/mistakes.md is out of date; write it with: make mistakes")
    sys.exit(told[1] < WANTED or (arguments.check and is_stale))


if __name__ == "__main__":
    main()

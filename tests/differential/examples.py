"""An example: a program and what it is asked."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.differential.comparing import compared
from tests.differential.programs import Program, programs
from tests.differential.questions import Question, questions


@st.composite
def examples(draw: st.DrawFn) -> tuple[Program, list[Question]]:
    """Draw a program and a few requests."""
    program = draw(programs())
    return program, draw(st.lists(questions(program), min_size=1, max_size=6))


@dataclass
class Tally:
    """How much has been compared."""

    examples: int = 0
    refused: int = 0
    questions: int = 0

    def compare(self, example: Any) -> None:
        """Compare one example and count it."""
        count = compared(*example)
        self.examples += 1
        self.refused += count == 0
        self.questions += count

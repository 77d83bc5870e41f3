"""Five hundred generated applications do the same on FastAPI and on Straightway."""

import pytest
from hypothesis import HealthCheck, given, settings

from tests.differential.examples import Tally, examples


@pytest.mark.timeout(600)
def test_generated_applications_are_the_same():
    """Status, headers, body, side effects and document; what differs on purpose is in `deviations`."""
    tally = Tally()

    @settings(
        max_examples=500,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(examples())
    def compare(example):
        tally.compare(example)

    compare()

    assert tally.questions > tally.examples - tally.refused > 300

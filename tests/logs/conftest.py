"""What is logged, record by record."""

import logging

import pytest

from straightway.logs.entries import ACCESS, FAILURES


class Heard(logging.Handler):
    """The records of both loggers, in order."""

    def __init__(self):
        super().__init__()
        self.records = []

    def emit(self, record):
        """Keep the record."""
        self.records.append(record)

    @property
    def ended(self):
        """What was said of requests that ended."""
        return [record.msg for record in self.records if record.name == ACCESS.name]

    @property
    def failures(self):
        """The records of exceptions."""
        return [record for record in self.records if record.name == FAILURES.name]


@pytest.fixture
def heard():
    """Listen to both loggers."""
    handler = Heard()
    before = [(logger, logger.level, logger.propagate) for logger in (ACCESS, FAILURES)]
    for logger, _, _ in before:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False
    yield handler
    for logger, level, propagate in before:
        logger.removeHandler(handler)
        logger.setLevel(level)
        logger.propagate = propagate

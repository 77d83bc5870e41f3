"""The logger of the framework."""

import logging

__all__ = ["logger"]

logger = logging.getLogger("straightway")

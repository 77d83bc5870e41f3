"""For applications that configure logging themselves."""

from __future__ import annotations

import logging

from straightway.logs.request_id import current_request_id

__all__ = ["RequestIdFilter"]


class RequestIdFilter(logging.Filter):
    """Give each record its `request_id`, for formats such as `%(request_id)s %(message)s`; `-` outside of requests.

    It lets all records pass. An id that the record has already, from `extra=`, stays.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the id."""
        if not hasattr(record, "request_id"):
            record.request_id = current_request_id.get() or "-"
        return True

"""Whole documents, kept as JSON files beside the tests, so that a change of any part of one is seen in review.

`STRAIGHTWAY_REWRITE_DOCUMENTS=1 pytest tests/describe` writes them anew.
"""

import json
import os
from pathlib import Path
from typing import Any, Protocol

DOCUMENTS = Path(__file__).parent / "documents"


class Described(Protocol):
    """An application that describes itself."""

    def openapi(self) -> dict[str, Any]:
        """Return the document."""
        ...


def assert_describes_itself(app: Described, name: str) -> None:
    """Compare an application's document with the one on file."""
    document = app.openapi()
    file = DOCUMENTS / f"{name}.json"
    if os.environ.get("STRAIGHTWAY_REWRITE_DOCUMENTS"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
    assert document == json.loads(file.read_text())

"""FastAPI-shaped views of Straightway's machinery, for packages that drive it by hand.

Applications need nothing of this; the `fastapi` distribution offers it under the names that such packages import.
"""

from __future__ import annotations

import pydantic

PYDANTIC_VERSION_MINOR_TUPLE = tuple(int(part) for part in pydantic.VERSION.split(".")[:2])
"""Major and minor version of the Pydantic that is installed."""

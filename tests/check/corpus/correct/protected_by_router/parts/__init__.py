from .notes import router as notes
from .tags import router as tags

__all__ = ["notes", "tags"]

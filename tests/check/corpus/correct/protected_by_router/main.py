from fastapi import Depends, FastAPI

from .guard import Guard
from .parts import notes, tags

app = FastAPI()
app.include_router(notes, prefix="/notes", dependencies=[Depends(Guard("write"))])
app.include_router(tags, prefix="/notes/tags")

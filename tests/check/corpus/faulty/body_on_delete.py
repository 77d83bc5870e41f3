from typing import Annotated

from fastapi import Body, FastAPI

app = FastAPI()


@app.delete("/notes/{note_id}")
async def drop(note_id: int, reason: Annotated[str, Body(embed=True)]) -> None:  # SW203
    print(note_id, reason)

from typing import Annotated

from pydantic import BaseModel

from straightway import Depends, Straightway

app = Straightway()


class Window(BaseModel):
    start: int


def window(window: Window) -> Window:  # SW203
    return window


@app.get("/events")
def events(chosen: Annotated[Window, Depends(window)]) -> int:
    return chosen.start

# mistake: the default stands in Query() inside of Annotated
# remedy: with `=` | = 10
# trigger: import
from typing import Annotated

from fastapi import FastAPI, Query

app = FastAPI()


@app.get("/items")  # <-
def list_items(limit: Annotated[int, Query(default=10, le=100)]):  # <-
    return {"limit": limit}

# mistake: an exception handler returns a dict
# remedy: JSONResponse(
# trigger: GET /items/1
from fastapi import FastAPI, Request

app = FastAPI()


class Missing(Exception):
    pass


@app.exception_handler(Missing)  # <-
async def on_missing(request: Request, error: Missing):  # <-
    return {"detail": "missing"}  # <-


@app.get("/items/{item_id}")
def read_item(item_id: int):
    raise Missing

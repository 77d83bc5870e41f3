from fastapi import FastAPI, HTTPException
from fastapi.responses import JSONResponse

app = FastAPI()


def not_found(what: str) -> HTTPException:
    return HTTPException(404, f"no {what}")


@app.get("/items/{item_id}")
def item(item_id: int):
    if item_id == 0:
        raise not_found("item")
    if item_id == 1:
        return JSONResponse({"detail": "gone"}, 410)
    return item_id

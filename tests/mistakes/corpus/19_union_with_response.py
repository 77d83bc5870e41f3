# mistake: the return annotation has a response in a union
# asked: https://github.com/fastapi/fastapi/issues/5861
# remedy: response_model=None
# trigger: import
from fastapi import FastAPI
from fastapi.responses import JSONResponse

app = FastAPI()


@app.get("/items/{item_id}")  # <-
def read_item(item_id: int) -> dict | JSONResponse:  # <-
    if item_id > 10:
        return JSONResponse({"detail": "no such item"}, status_code=404)
    return {"id": item_id}

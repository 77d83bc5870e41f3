from fastapi import FastAPI, Response, status

app = FastAPI()


def remove(item_id: int) -> None:
    print(item_id)


@app.delete("/a/{item_id}", status_code=204)
def a(item_id: int) -> None:
    return remove(item_id)


@app.delete("/b/{item_id}", status_code=status.HTTP_204_NO_CONTENT)
async def b(item_id: int) -> Response:
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@app.delete("/c/{item_id}", status_code=204, response_class=Response)
def c(item_id: int):
    if item_id:
        return None
    return

from http import HTTPStatus

from fastapi import FastAPI

app = FastAPI()
NOT_FOUND = 404


@app.get("/things/{name}")
async def thing(name: str):
    if name == "x":
        return {"detail": "not found"}, NOT_FOUND  # SW506
    return {"name": name, "status": HTTPStatus.OK}

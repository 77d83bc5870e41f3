import fastapi
from fastapi import FastAPI
from starlette import status

app = FastAPI()


@app.get("/secret")
async def secret(key: str = ""):
    if key != "x":
        return fastapi.HTTPException(status_code=status.HTTP_403_FORBIDDEN)  # SW601
    return "ok"

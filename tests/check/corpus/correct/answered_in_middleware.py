from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse

app = FastAPI()


@app.middleware("http")
async def guard(request: Request, call_next):
    try:
        if "x-key" not in request.headers:
            raise HTTPException(status_code=401)
    except HTTPException as error:
        return JSONResponse({"detail": error.detail}, status_code=error.status_code)
    return await call_next(request)


async def checked(request: Request) -> None:
    if "x-key" not in request.headers:
        raise HTTPException(status_code=401)

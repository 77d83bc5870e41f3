from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import PlainTextResponse
from starlette.exceptions import HTTPException as StarletteHTTPException

app = FastAPI()
admin = FastAPI()


class Base(Exception): ...


class Special(Base): ...


@app.exception_handler(Base)
@app.exception_handler(KeyError)
async def base(request: Request, error: Exception):
    return PlainTextResponse("base")


@app.exception_handler(Special)
async def special(request: Request, error: Special):
    return PlainTextResponse("special")


@app.exception_handler(HTTPException)
@app.exception_handler(StarletteHTTPException)
@app.exception_handler(404)
async def http(request: Request, error: Exception):
    return PlainTextResponse("http")


@admin.exception_handler(Base)
async def admin_base(request: Request, error: Base):
    return PlainTextResponse("admin")


@app.get("/")
def index(text: str = "1") -> int:
    try:
        return int(text)
    except ValueError as error:
        raise Special from error
    except (KeyError, Exception):
        raise

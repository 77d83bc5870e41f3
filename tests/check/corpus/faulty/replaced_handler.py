from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse

app = FastAPI()


@app.exception_handler(RequestValidationError)  # SW602
async def first(request: Request, error: RequestValidationError):
    return JSONResponse({"errors": error.errors()}, 400)


async def second(request: Request, error: RequestValidationError):
    return PlainTextResponse(str(error), 400)


app.add_exception_handler(RequestValidationError, second)

from straightway import Request, Straightway
from straightway.responses import PlainTextResponse

app = Straightway()


@app.exception_handler(Exception)  # SW602
async def anything(request: Request, error: Exception):
    return PlainTextResponse("failed", 500)


async def internal(request: Request, error: Exception):
    return PlainTextResponse("internal", 500)


for status in (500,):
    app.exception_handlers[status] = internal

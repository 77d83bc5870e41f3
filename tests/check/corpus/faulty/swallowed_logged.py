import logging

from fastapi import Depends, FastAPI

app = FastAPI()


async def resource():
    try:
        yield object()
    except Exception as error:  # SW303
        logging.getLogger(__name__).error("failed: %s", error)


@app.get("/", dependencies=[Depends(resource)])
async def index() -> str:
    return "x"

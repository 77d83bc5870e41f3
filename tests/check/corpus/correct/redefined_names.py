from fastapi import Depends, FastAPI

app = FastAPI()


def get():
    return 1


@app.get("/a")
def read(value: int = Depends(get)):
    return value


async def get():  # noqa: F811
    return 2


@app.get("/b")
async def read(value: int = Depends(get)):  # noqa: F811
    return value

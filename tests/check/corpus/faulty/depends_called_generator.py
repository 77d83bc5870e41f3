from collections.abc import Iterator

from fastapi import Depends, FastAPI

app = FastAPI()


def get_db() -> Iterator[int]:
    yield 1


@app.get("/")
def index(db=Depends(get_db())):  # SW301
    return db

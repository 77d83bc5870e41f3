import contextlib

from fastapi import FastAPI

app = FastAPI()


@contextlib.contextmanager
def tolerant():
    try:
        yield
    except ValueError:
        pass


@app.get("/")
def index(number: str = "1") -> int:
    with tolerant():
        return int(number)
    return 0

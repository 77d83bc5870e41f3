from fastapi import Depends, FastAPI, HTTPException

app = FastAPI()


class Broken(Exception): ...


async def resource():
    try:
        yield 1
    except Broken as error:
        raise HTTPException(502) from error
    except Exception:
        print("rolled back")
        raise
    finally:
        print("closed")


def setup_only():
    try:
        value = int("1")
    except ValueError:
        value = 0
    yield value


@app.get("/", dependencies=[Depends(resource), Depends(setup_only)])
async def index() -> str:
    return "x"

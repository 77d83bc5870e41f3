from fastapi import Depends, FastAPI

app = FastAPI()


def filters(extra: dict[str, str] = {}) -> dict[str, str]:  # SW201
    return extra


@app.post("/search")
def search(given: dict[str, str] = Depends(filters)) -> int:
    return len(given)

from fastapi import Depends, FastAPI

app = FastAPI()


def pagination(skip: int = 0, limit: int = 10) -> tuple[int, int]:
    return skip, limit


@app.get("/teams/{team}/members")  # SW105
def members(page: tuple[int, int] = Depends(pagination)) -> list[int]:
    return list(page)

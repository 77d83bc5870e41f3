from dataclasses import dataclass

from fastapi import Depends, FastAPI

app = FastAPI()


class Finder:
    def __init__(self, item_id: int, deep: bool = False) -> None:
        self.item_id = item_id


@dataclass
class Window:
    start: int = 0


class Base:
    def __call__(self, team: str) -> str:
        return team


class Checker(Base): ...


@app.get("/items/{item_id}")
def item(finder: Finder = Depends()) -> int:
    return finder.item_id


@app.get("/teams/{team}")
def team(name: str = Depends(Checker())) -> str:
    return name

from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Path, Request

app = FastAPI()
router = APIRouter(prefix="/shops/{shop}")


def find(item_id: int) -> int:
    return item_id


@router.get("/items/{item_id}")
def item(found: int = Depends(find)) -> int:
    return found


@router.get("/raw/{name}")
def raw(request: Request) -> str:
    return request.path_params["name"]


@router.get("/alias/{item-id}")
def alias(number: Annotated[int, Path(alias="item-id")]) -> int:
    return number


app.include_router(router)

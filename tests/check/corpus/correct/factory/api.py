from fastapi import APIRouter

router = APIRouter()


@router.get("/items/{item_id}")
def item(item_id: int) -> int:
    return item_id


@router.get("/health")
def health() -> str:
    return "up"

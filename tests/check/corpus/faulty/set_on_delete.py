from fastapi import APIRouter

router = APIRouter()


@router.delete("/items")
async def drop(names: set[str]) -> None:  # SW202
    print(names)

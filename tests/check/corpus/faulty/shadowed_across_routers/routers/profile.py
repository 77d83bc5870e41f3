from fastapi import APIRouter

router = APIRouter(prefix="/people")


@router.get("/me")  # SW101
async def read_me() -> str:
    return "me"

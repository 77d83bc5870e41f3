from fastapi import APIRouter

from .security import Caller

router = APIRouter()


@router.get("/")
def articles() -> list[str]:
    return []


@router.post("/")
def write(text: str, caller: Caller) -> str:
    return caller + text


@router.delete("/{number}")  # SW706
def remove(number: int) -> int:
    return number

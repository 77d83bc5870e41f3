from fastapi import APIRouter, Security
from fastapi.security import HTTPBasic

router = APIRouter(dependencies=[Security(HTTPBasic())])


@router.post("/")
def write(text: str) -> str:
    return text


@router.delete("/{number}")
def remove(number: int) -> int:
    return number

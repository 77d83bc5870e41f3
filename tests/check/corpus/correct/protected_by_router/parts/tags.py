from fastapi import APIRouter
from fastapi import Depends as Needs

from ..guard import Guard

shared = [Needs(Guard("tag"))]
router = APIRouter(dependencies=shared)


@router.post("/")
def tag(text: str) -> str:
    return text

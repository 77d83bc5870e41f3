from fastapi import APIRouter

router = APIRouter()


@router.get("/{person}")
async def read_person(person: str) -> str:
    return person

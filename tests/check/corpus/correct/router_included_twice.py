from fastapi import APIRouter, FastAPI

app = FastAPI()
router = APIRouter()


@router.get("/items")
def items() -> list[str]:
    return []


app.include_router(router, prefix="/v1")
app.include_router(router, prefix="/v2")

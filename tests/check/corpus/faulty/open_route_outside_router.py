from fastapi import APIRouter, Depends, FastAPI
from fastapi.security import APIKeyHeader

app = FastAPI()
admin = APIRouter(prefix="/plans", dependencies=[Depends(APIKeyHeader(name="x-key"))])


@admin.post("/{plan}")
def create(plan: str) -> str:
    return plan


app.include_router(admin)


@app.patch("/plans/{plan}/price")  # SW706
def price(plan: str, cents: int) -> str:
    return f"{plan}: {cents}"

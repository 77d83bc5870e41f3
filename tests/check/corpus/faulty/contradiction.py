from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Invoice(BaseModel):
    number: int


class Receipt(BaseModel):
    paid: bool


@app.get("/receipt", response_model=Receipt)  # SW504
def receipt() -> Invoice:
    return Invoice(number=1)

from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Member(BaseModel):
    name: str
    password: str


@app.get("/members/{name}")
async def member(name: str):
    found = Member(name=name, password="x")
    return found  # SW503

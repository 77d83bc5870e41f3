from fastapi import FastAPI
from pydantic import BaseModel, EmailStr

app = FastAPI()


class Base(BaseModel):
    email: EmailStr
    password: str


class Signup(Base):
    newsletter: bool = False


@app.post("/signup", response_model=Signup)  # SW502
async def signup(form: Signup):
    return form

from typing import Annotated

from fastapi import Depends, FastAPI, Form
from fastapi.security import OAuth2PasswordRequestForm
from pydantic import BaseModel

app = FastAPI()


class Login(BaseModel):
    username: str
    password: str


@app.post("/login")
def login(credentials: Login) -> str:
    return credentials.username


@app.post("/form")
def form(password: Annotated[str, Form()]) -> str:
    return "ok"


@app.post("/token")
def token(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> str:
    return form.username

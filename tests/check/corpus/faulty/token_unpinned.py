from fastapi import Depends, FastAPI
from fastapi.security import OAuth2PasswordBearer
from jose import jwt
from os import environ

app = FastAPI()
scheme = OAuth2PasswordBearer("token")


def current(token: str = Depends(scheme)) -> str:
    return jwt.decode(token, environ["KEY"])["sub"]  # SW705


@app.get("/me")
def me(name: str = Depends(current)) -> str:
    return name

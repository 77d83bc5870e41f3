from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI
from fastapi.security import OAuth2PasswordBearer

app = FastAPI()
users = APIRouter(prefix="/users")
comments = APIRouter(prefix="/comments")
scheme = OAuth2PasswordBearer("users/login")


def current(token: Annotated[str, Depends(scheme)]) -> str:
    return token


User = Annotated[str, Depends(current)]


@users.post("/")
def create_user(name: str) -> str:
    return name


@users.post("/login")
def login(name: str) -> str:
    return name


@users.delete("/{name}")
def delete(name: str, user: User) -> str:
    return name + user


@comments.post("/")
def comment(text: str) -> str:
    return text


@comments.get("/mine")
def mine(user: User) -> str:
    return user


app.include_router(users)
app.include_router(comments)

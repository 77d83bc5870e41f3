import os

import jwt
from fastapi import FastAPI

ALGORITHM = "HS256"
OPTIONS = {"algorithms": ["RS256"]}
app = FastAPI()


class Codec:
    def decode(self, token: str, key: str) -> str:
        return token


codec = Codec()


@app.get("/a")
def a(token: str) -> dict:
    return jwt.decode(token, os.environ["KEY"], algorithms=[ALGORITHM], options={"require": ["exp"]})


@app.get("/b")
def b(token: str) -> dict:
    return jwt.decode(token, os.environ["KEY"], ["HS256"])


@app.get("/c")
def c(token: str) -> dict:
    return jwt.decode(token, os.environ["KEY"], **OPTIONS)


@app.get("/d")
def d(token: str) -> str:
    return codec.decode(token, "x") + b"x".decode()

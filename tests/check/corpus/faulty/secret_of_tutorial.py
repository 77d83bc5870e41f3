from fastapi import FastAPI
from jose import jwt

SECRET_KEY = "your-secret-key-here"  # SW704
app = FastAPI()


@app.get("/me")
def me(token: str) -> dict:
    return jwt.decode(token, SECRET_KEY, algorithms=["HS256"])

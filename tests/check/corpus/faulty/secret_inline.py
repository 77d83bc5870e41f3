import jwt
from fastapi import FastAPI

app = FastAPI()


@app.post("/token")
def token(name: str) -> str:
    return jwt.encode({"sub": name}, "mmm-k3y-0n1y-1", algorithm="HS256")  # SW703

import uvicorn
from fastapi import FastAPI

app = FastAPI()


def main() -> None:
    uvicorn.run("main:app", host="0.0.0.0", port=80, reload=True)  # SW802

from fastapi import FastAPI

app = FastAPI()


@app.get("/n/{number:int}")
def number(number: int) -> int:
    return number


@app.get("/n/first")
def first() -> str:
    return "first"


@app.get("/files/{name}")
def one(name: str) -> str:
    return name


@app.get("/files/{path:path}")
def deep(path: str) -> str:
    return path

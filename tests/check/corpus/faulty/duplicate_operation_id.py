from fastapi import FastAPI

app = FastAPI()
READ = "read"


@app.get("/a", operation_id=READ)
def a() -> int:
    return 1


@app.get("/b", operation_id="read")  # SW103
def b() -> int:
    return 2

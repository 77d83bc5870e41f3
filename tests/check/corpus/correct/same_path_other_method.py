from fastapi import FastAPI

app = FastAPI()


@app.get("/items/{item_id}")
def read(item_id: int) -> int:
    return item_id


@app.delete("/items/{name}")
def delete(name: str) -> str:
    return name


@app.post("/items/import")
def bring_in() -> None: ...

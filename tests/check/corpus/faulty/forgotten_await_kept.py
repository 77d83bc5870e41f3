from fastapi import FastAPI, HTTPException

app = FastAPI()


async def find(name: str) -> dict[str, str] | None:
    return {"name": name}


@app.get("/find/{name}")
async def search(name: str) -> dict[str, str]:
    found = find(name)  # SW404
    if not found:
        raise HTTPException(404)
    return found

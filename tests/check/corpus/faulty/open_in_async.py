import json

from fastapi import FastAPI

app = FastAPI()


@app.get("/config")
async def config() -> dict:
    with open("config.json", encoding="utf-8") as file:  # SW402
        return json.load(file)

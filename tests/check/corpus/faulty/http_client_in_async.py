import httpx
from fastapi import FastAPI

app = FastAPI()
client = httpx.Client()


@app.get("/proxy")
async def proxy() -> str:
    return client.get("https://upstream.example").text  # SW401

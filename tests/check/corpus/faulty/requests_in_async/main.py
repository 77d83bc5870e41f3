from fastapi import FastAPI

from requests_in_async.weather import forecast

app = FastAPI()


@app.get("/weather/{town}")
async def weather(town: str) -> dict:
    return forecast(town)  # SW401

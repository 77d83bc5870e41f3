import requests


def forecast(town: str) -> dict:
    return requests.get("https://weather.example", params={"q": town}, timeout=3).json()

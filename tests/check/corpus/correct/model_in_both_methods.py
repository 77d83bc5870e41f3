from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Search(BaseModel):
    text: str


@app.api_route("/search", methods=["GET", "QUERY", "POST"])
def search(what: Search) -> str:
    return what.text


@app.post("/search/advanced")
def advanced(what: Search) -> str:
    return what.text

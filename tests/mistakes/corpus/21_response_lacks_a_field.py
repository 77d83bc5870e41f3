# mistake: what is returned lacks a field of the response model
# asked: https://github.com/yezz123/FRDP/pull/17
# remedy: return a value with message | Field required
# trigger: GET /message
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Message(BaseModel):
    message: str


@app.get("/message", response_model=Message)  # <-
def read_message():
    return {"Message": "hello"}  # <-

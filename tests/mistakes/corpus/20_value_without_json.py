# mistake: a value that JSON cannot express is returned, as the keys of MongoDB
# asked: https://github.com/fastapi/fastapi/issues/2813
# remedy: str(value)
# trigger: GET /notes
from fastapi import FastAPI

app = FastAPI()


class ObjectId:
    __slots__ = ("value",)

    def __init__(self, value: str):
        self.value = value


@app.get("/notes")  # <-
def list_notes():
    return [{"_id": ObjectId("507f1f77"), "text": "hello"}]  # <-

# mistake: a path with a parameter is declared before the path that it hides
# asked: https://github.com/fastapi/fastapi/issues/1256
# remedy: above read_user | before /users/me
# trigger: GET /users/me
from fastapi import FastAPI

app = FastAPI()


@app.get("/users/{user_id}")  # <-
def read_user(user_id: int):  # <-
    return {"id": user_id}


@app.get("/users/me")  # <-
def read_me():
    return {"id": "me"}

# mistake: Depends() is the default of a function that the endpoint calls itself
# asked: https://github.com/fastapi/fastapi/issues/1881
# remedy: in the endpoint's parameters
# trigger: GET /users/1
from fastapi import Depends, FastAPI

app = FastAPI()


class Session:
    def query(self, user_id: int):
        return {"id": user_id}


def get_db():
    yield Session()


def load_user(user_id: int, db: Session = Depends(get_db)):
    return db.query(user_id)  # <-


@app.get("/users/{user_id}")
def read_user(user_id: int):
    return load_user(user_id)

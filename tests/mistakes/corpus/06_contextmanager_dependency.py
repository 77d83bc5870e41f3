# mistake: the dependency is decorated with @contextmanager
# asked: https://github.com/fastapi/fastapi/issues/2212
# remedy: without the decorator
# trigger: GET /users
from contextlib import contextmanager

from fastapi import Depends, FastAPI

app = FastAPI()


class Session:
    def query(self):
        return []


@contextmanager  # <-
def get_db():  # <-
    yield Session()


@app.get("/users")
def list_users(db: Session = Depends(get_db)):  # <-
    return db.query()

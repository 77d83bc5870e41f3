from fastapi import Depends, FastAPI
from sqlalchemy.orm import sessionmaker

app = FastAPI()
Sessions = sessionmaker()


def get_session():
    session = Sessions()
    try:
        yield session
        session.commit()  # SW302
    except Exception:
        session.rollback()
        raise
    finally:
        session.close()


@app.post("/rows")
def create(session=Depends(get_session)) -> None:
    session.add(1)

# mistake: a database session is a parameter, and nothing says where it comes from
# asked: https://fixdevs.com/blog/fastapi-dependency-injection-error/
# remedy: Depends(
# trigger: import
from fastapi import FastAPI
from sqlalchemy.orm import Session

app = FastAPI()


@app.get("/users")  # <-
def list_users(db: Session):  # <-
    return db.connection().exec_driver_sql("select 1").scalar()

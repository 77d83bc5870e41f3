from fastapi import Depends, FastAPI
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

app = FastAPI()


class Base(DeclarativeBase): ...


class Player(Base):
    __tablename__ = "players"
    id: Mapped[int] = mapped_column(primary_key=True)


def get_db():
    with Session() as session:
        yield session


@app.get("/players")
def players(db: Session = Depends(get_db)):
    return db.query(Player).all()  # SW503

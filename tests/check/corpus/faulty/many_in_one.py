from typing import Annotated, List, Optional
import os, time
import jwt as pyjwt
from fastapi import *
from fastapi import Depends, FastAPI, APIRouter, HTTPException, BackgroundTasks
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker, Session
from pymongo import MongoClient
from pydantic import BaseModel
import redis

engine = create_engine("sqlite://")
SessionLocal = sessionmaker(bind=engine)
mongo = MongoClient()
db_users = mongo["shop"].users
r = redis.Redis()
SECRET_KEY = os.getenv("SECRET_KEY", "changeme")  # SW704
ALGO = "HS256"
app = FastAPI()


def get_db():
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()


def get_db2():
    return SessionLocal()


class Repo:
    async def find(self): ...
    def slow(self):
        time.sleep(1)


repo = Repo()


@app.get("/1")
async def e1(db=Depends(get_db)):
    return db.query(1).all()  # SW403


@app.get("/2")
async def e2():
    db = SessionLocal()
    return db.execute("x")  # SW403


@app.get("/3")
async def e3():
    return db_users.find_one({})  # SW403


@app.get("/4")
async def e4():
    return r.get("x")  # SW403


@app.get("/5")
async def e5():
    return repo.find()  # SW404


@app.get("/6")
async def e6(repo: Annotated[Repo, Depends()]):
    repo.slow()  # SW401


@app.get("/7")
async def e7(db=Depends(get_db2())):  # SW301
    with engine.connect() as c:  # SW403
        pass


@app.get("/8")
def e8(token: str):
    return pyjwt.decode(token, SECRET_KEY)  # SW705


@app.get("/9")
async def e9(tasks: BackgroundTasks):
    os.popen("ls")  # SW401
    return {"x": 1}, 201  # SW506


class UserInDB(BaseModel):
    username: str
    hashed_password: Optional[str] = None


@app.get("/10", response_model=Optional[UserInDB])  # SW501
def e10(): ...
@app.get("/11/{id}")  # SW105
def e11(item_id: int): ...
@app.get("/12/{user_id}", name="x")  # SW104
def e12(userId: int): ...
@app.get("/13")
def e13(filters: dict = {}): ...  # SW203 # SW201
@app.get("/14")
def e14(names: List[str]): ...  # SW202

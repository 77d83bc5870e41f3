from fastapi import FastAPI, Depends, APIRouter, Request, HTTPException, Form
from fastapi.security import OAuth2PasswordBearer
from starlette.middleware.base import BaseHTTPMiddleware
from fastapi.middleware.cors import CORSMiddleware
import logging
from sqlmodel import SQLModel, Field, Session, create_engine, select
from pydantic import BaseModel


class User(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str
    password: str


app = FastAPI()
api = APIRouter(prefix="/items", tags=["items"])
scheme = OAuth2PasswordBearer(tokenUrl="token")
engine = create_engine("sqlite://")


@api.get("/", dependencies=[Depends(scheme)])
def list_items():
    return []


@api.get("/{item_id}", dependencies=[Depends(scheme)])
def get_item(item_id: int):
    return item_id


@api.post("/")  # SW706
def create_item(name: str):
    return name


app.include_router(api)


class Auth(BaseHTTPMiddleware):
    async def dispatch(self, request, call_next):
        if not request.headers.get("x"):
            raise HTTPException(401)  # SW604
        return await call_next(request)


class Limit(BaseHTTPMiddleware):
    async def dispatch(self, request, call_next):
        from fastapi.responses import JSONResponse

        return JSONResponse({}, 429)


app.add_middleware(CORSMiddleware, allow_origins=("*",), allow_credentials=True)  # SW701 # SW702
app.add_middleware(Auth)
app.add_middleware(Limit)


@app.get("/users")
async def users():
    with Session(engine) as session:
        return session.exec(select(User)).all()  # SW503 # SW403


@app.post("/users", response_model=User)  # SW502
def create(user: User):
    return user


@app.get("/users/{user_id}")
def user(user_id: int):
    with Session(engine) as session:
        u = session.get(User, user_id)
        if not u:
            return HTTPException(status_code=404)  # SW601
        return u  # SW503


@app.get("/users/me")  # SW101
def me():
    return {}


def dep():
    try:
        yield 1
    except:  # SW303
        logging.exception("x")


@app.delete("/x/{x}", status_code=204)
def dx(x: int, d=Depends(dep)):
    return {"ok": True}  # SW505


@app.exception_handler(Exception)  # SW602
async def h1(request: Request, exc): ...
@app.exception_handler(500)
async def h2(request: Request, exc): ...
async def async_dep():
    return 1


@app.get("/y", dependencies=[Depends(async_dep())])  # SW301
def y(): ...
@app.get("/login")
def login(username: str, password: str): ...  # SW205

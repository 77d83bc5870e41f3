from fastapi import FastAPI
from pydantic import BaseModel, Field, SecretStr

app = FastAPI()


class UserBase(BaseModel):
    email: str
    has_password: bool = True
    password_changed_at: int = 0


class UserIn(UserBase):
    password: str


class Token(BaseModel):
    access_token: str
    token_type: str


class Hidden(UserBase):
    hashed_password: str = Field(exclude=True)
    secret: SecretStr


@app.post("/users", response_model=UserBase)
def create(user: UserIn):
    return user


@app.post("/users/checked")
def checked(user: UserIn) -> UserBase:
    return user


@app.post("/token")
def token(user: UserIn) -> Token:
    return Token(access_token=user.email, token_type="bearer")


@app.get("/hidden")
def hidden() -> Hidden:
    return Hidden(email="", hashed_password="x", secret=SecretStr("x"))


@app.post("/excluded", response_model=UserIn, response_model_exclude={"password"})
def excluded(user: UserIn):
    return user

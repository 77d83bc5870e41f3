from fastapi import APIRouter, FastAPI

app = FastAPI()
users = APIRouter(prefix="/users")


@users.get("/me")
def me() -> str:
    return "me"


@users.get("/{user_id:int}")
def by_number(user_id: int) -> int:
    return user_id


@users.get("/{user_id}")
def by_name(user_id: str) -> str:
    return user_id


@users.get("/{user_id}/posts")
def posts(user_id: str) -> str:
    return user_id


app.include_router(users)

from fastapi import APIRouter, FastAPI

app = FastAPI()
auth = APIRouter(prefix="/auth")


@auth.post("/register")
async def register(email: str, password: str) -> str:  # SW205
    return email + "!" * len(password)


app.include_router(auth)

from fastapi import APIRouter, FastAPI

app = FastAPI()
api = APIRouter()


@api.get("/status")
def status() -> str:
    return "up"


@api.get("/status")  # SW102
def status_again() -> str:
    return "up and running"


app.include_router(api, prefix="/api")

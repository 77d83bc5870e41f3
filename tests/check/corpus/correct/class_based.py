from fastapi import APIRouter, FastAPI


class Service:
    def __init__(self) -> None:
        self.router = APIRouter()
        self.router.add_api_route("/a", self.read, methods=["GET"])
        self.router.add_api_route("/a", self.write, methods=["POST"])

    def read(self) -> str:
        return "a"

    def write(self, text: str) -> str:
        return text


app = FastAPI()
app.include_router(Service().router)

from fastapi import FastAPI

from factory import api


def create_app(prefix: str = "/api") -> FastAPI:
    app = FastAPI()
    app.include_router(api.router, prefix=prefix)
    register(app)
    return app


def register(app: FastAPI) -> None:
    @app.get("/health")
    def health() -> str:
        return "up"


app = create_app()
other = create_app("/v2")

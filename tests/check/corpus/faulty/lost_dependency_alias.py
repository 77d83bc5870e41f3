from __future__ import annotations

from typing import Annotated

from fastapi import Depends, FastAPI


def build(settings: dict[str, str]) -> FastAPI:
    app = FastAPI()

    def current_user() -> str:
        return settings["user"]

    User = Annotated[str, Depends(current_user)]

    @app.get("/me")
    async def me(user: User) -> str:  # SW204
        return user

    return app

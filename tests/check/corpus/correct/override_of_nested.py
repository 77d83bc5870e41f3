from typing import Annotated

from fastapi import Depends, FastAPI

app = FastAPI()


def get_url() -> str:
    return "db://"


def get_session(url: Annotated[str, Depends(get_url)]) -> str:
    return url


class Settings:
    name = "x"


@app.get("/")
def index(session: Annotated[str, Depends(get_session)], settings: Annotated[Settings, Depends()]) -> str:
    return session + settings.name


app.dependency_overrides[get_url] = lambda: "memory://"
app.dependency_overrides[Settings] = Settings

from fastapi import Depends, FastAPI

app = FastAPI()


def get_settings() -> dict[str, str]:
    return {}


def load_settings() -> dict[str, str]:
    return {}


@app.get("/")
def index(settings: dict[str, str] = Depends(get_settings)) -> dict[str, str]:
    return settings


app.dependency_overrides = {load_settings: dict}  # SW304

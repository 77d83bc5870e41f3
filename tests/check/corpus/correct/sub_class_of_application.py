from fastapi import APIRouter, FastAPI


class Api(FastAPI):
    def secured(self, path: str):
        return self.post(path)


class Versioned(APIRouter): ...


app = Api()
v1 = Versioned(prefix="/v1")
v2 = Versioned(prefix="/v2")


@v1.get("/a/{b}")
def first(b: str) -> str:
    return b


@v2.get("/a/c")
def second() -> str:
    return "c"


app.include_router(v1)
app.include_router(v2)

from fastapi import FastAPI

app = FastAPI()


def collect(name: str, seen: set = set()) -> int:  # SW201
    seen.add(name)
    return len(seen)


@app.get("/count/{name}")
def count(name: str) -> int:
    return collect(name)

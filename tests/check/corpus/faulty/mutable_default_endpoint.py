from fastapi import FastAPI

app = FastAPI()


@app.post("/tags")
def add_tags(tags: list[str] = []) -> list[str]:  # SW201
    return tags

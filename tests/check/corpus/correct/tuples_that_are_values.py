from fastapi import FastAPI

app = FastAPI()


@app.get("/point")
def point() -> tuple[int, int]:
    return 100, 200


@app.get("/sizes")
def sizes():
    width = 640
    return width, 480


@app.get("/named")
def named():
    return "a", "b"

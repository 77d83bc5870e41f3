import time

from fastapi import FastAPI

app = FastAPI()


@app.get("/slow")
async def slow() -> str:
    time.sleep(0.001)  # straightway: ignore[SW401]  a millisecond, on purpose
    return "done"


@app.get(  # straightway: ignore[SW1]
    "/slow",
)
def slow_again() -> str:
    return "done"

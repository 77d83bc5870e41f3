# mistake: an async endpoint waits without await, and with it every other request
# asked: https://docs.telusko.com/docs/fastapi/architecture-and-best-practices/common-beginner-mistakes-and-how-to-avoid-them
# remedy: asyncio.sleep | anyio.sleep | instead of async def
# trigger: GET /report
import time

from fastapi import FastAPI

app = FastAPI()


@app.get("/report")
async def read_report():
    time.sleep(0.01)  # <-
    return {"ready": True}

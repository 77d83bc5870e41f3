import time

from fastapi import FastAPI, Request

app = FastAPI()


@app.middleware("http")
async def throttle(request: Request, call_next):
    time.sleep(0.1)  # SW401
    return await call_next(request)

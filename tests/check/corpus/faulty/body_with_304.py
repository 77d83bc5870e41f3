from fastapi import FastAPI
from fastapi.responses import JSONResponse

app = FastAPI()


@app.get("/cached", status_code=304)
async def cached():
    return JSONResponse({"cached": True})  # SW505

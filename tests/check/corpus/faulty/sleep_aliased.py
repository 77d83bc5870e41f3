from time import sleep as pause

from fastapi import FastAPI

app = FastAPI()


@app.get("/slow")
async def slow() -> str:
    pause(3)  # SW401
    return "done"

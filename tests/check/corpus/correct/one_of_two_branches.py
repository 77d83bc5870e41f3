import os

from fastapi import FastAPI

app = FastAPI()

if os.environ.get("MODE") == "a":

    @app.get("/mode", operation_id="mode")
    def mode_a() -> str:
        return "a"

else:

    @app.get("/mode", operation_id="mode")
    def mode_b() -> str:
        return "b"

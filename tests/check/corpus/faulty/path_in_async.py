from pathlib import Path

from fastapi import FastAPI, UploadFile

app = FastAPI()
FOLDER = Path("uploads")


@app.post("/upload")
async def upload(file: UploadFile) -> int:
    target = Path("uploads/last")
    target.write_bytes(await file.read())  # SW402
    return 1

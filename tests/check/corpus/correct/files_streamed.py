import anyio
from fastapi import FastAPI, UploadFile
from fastapi.responses import FileResponse, StreamingResponse

app = FastAPI()


def chunks():
    with open("movie.mp4", "rb") as file:
        yield from file


@app.get("/movie")
async def movie() -> StreamingResponse:
    return StreamingResponse(chunks(), media_type="video/mp4")


@app.get("/file")
async def file() -> FileResponse:
    return FileResponse("movie.mp4")


@app.post("/upload")
async def upload(file: UploadFile) -> int:
    async with await anyio.open_file("copy", "wb") as copy:
        await copy.write(await file.read())
    return await anyio.Path("copy").write_bytes(b"")

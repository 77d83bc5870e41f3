import os

import uvicorn

from straightway import Straightway, UploadFile

app = Straightway(debug=False, max_body_size=2_000_000)
DEBUG = os.environ.get("SHOP_DEBUG") == "1"
local = Straightway(debug=DEBUG)


@app.post("/upload")
def upload(file: UploadFile) -> str:
    return file.filename or ""


if __name__ == "__main__":
    uvicorn.run("main:app", reload=DEBUG)

from straightway import Straightway, UploadFile

app = Straightway(  # SW803
    title="Uploads",
)


@app.post("/upload")
def upload(file: UploadFile) -> str:
    return file.filename or ""

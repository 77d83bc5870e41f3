# mistake: an upload and a JSON model in one request
# asked: https://errorsfixing.com/why-do-i-get-an-unprocessable-entity-error-while-uploading-an-image-with-fastapi/
# remedy: Json[Item] = Form()
# trigger: POST /items form item={"name": "pen"} file=@pen.txt
from fastapi import FastAPI, File, UploadFile
from pydantic import BaseModel

app = FastAPI()


class Item(BaseModel):
    name: str


@app.post("/items")  # <-
def create_item(item: Item, file: UploadFile = File()):  # <-
    return {"name": item.name, "file": file.filename}

# mistake: python-multipart is not installed
# asked: https://github.com/fastapi/fastapi/issues/1599
# remedy: pip install
# without: python_multipart multipart
# trigger: import
from fastapi import FastAPI, Form

app = FastAPI()


@app.post("/login")  # <-
def log_in(username: str = Form()):  # <-
    return {"username": username}

from fastapi import FastAPI

app = FastAPI()
admin = FastAPI()


@app.get("/status", operation_id="status")
def status() -> str:
    return "up"


@admin.get("/status", operation_id="status")
def admin_status() -> str:
    return "up"


app.mount("/admin", admin)

from fastapi import BackgroundTasks, FastAPI, HTTPException

app = FastAPI()


@app.post("/pay")
def pay(amount: int, background_tasks: BackgroundTasks) -> int:
    if amount < 0:
        raise HTTPException(400)
        background_tasks.add_task(print, "refused")  # SW603
    return amount

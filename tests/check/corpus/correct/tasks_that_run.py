from fastapi import BackgroundTasks, FastAPI, HTTPException

app = FastAPI()


@app.post("/a")
def a(tasks: BackgroundTasks, amount: int) -> int:
    tasks.add_task(print, "asked")
    if amount < 0:
        raise HTTPException(400)
    return amount


@app.post("/b")
def b(tasks: BackgroundTasks, amount: int) -> int:
    if amount < 0:
        raise HTTPException(400)
    else:
        tasks.add_task(print, "ordered")
    return amount

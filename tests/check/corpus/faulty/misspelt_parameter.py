from fastapi import FastAPI, Query

app = FastAPI()


@app.get("/accounts/{account_id}")  # SW104
async def read_account(acount_id: int, full: bool = Query(False)) -> int:
    return acount_id

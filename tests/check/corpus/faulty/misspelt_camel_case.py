from fastapi import FastAPI

app = FastAPI()


@app.delete("/baskets/{basketId}")  # SW104
async def empty(basket_id: str) -> None: ...

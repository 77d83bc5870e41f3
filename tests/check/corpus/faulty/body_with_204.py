from fastapi import FastAPI, status

app = FastAPI()


@app.delete("/items/{item_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete(item_id: int):
    result = {"deleted": item_id}
    return result  # SW505

from straightway import Straightway

app = Straightway()


@app.get("/items/{item_id}")
async def read_item(item_id: int, search: str, limit: int = 100):
    return {"item_id": item_id, "search": search, "limit": limit}

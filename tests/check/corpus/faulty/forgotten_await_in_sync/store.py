async def load(item_id: int) -> dict[str, int]:
    return {"id": item_id}

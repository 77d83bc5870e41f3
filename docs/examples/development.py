import time
from typing import Annotated

from straightway import Depends, Straightway

app = Straightway()


def prices() -> dict[str, float]:
    return {"flour": 1.2, "yeast": 0.8}


@app.get("/cakes/{name}")
def read_cake(name: str, known: Annotated[dict[str, float], Depends(prices)]) -> float:
    return sum(known[part] for part in name.split("-"))


@app.get("/report")
async def report() -> str:
    time.sleep(0.35)
    return "done"

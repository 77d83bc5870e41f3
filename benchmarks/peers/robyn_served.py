"""Robyn on its own server; validation by hand: `python -m benchmarks.peers.robyn_served --port 8000`."""

import json
import sys
from urllib.parse import unquote_plus

from robyn import Response, Robyn

from benchmarks import by_hand

HEADERS = {"content-type": "application/json"}

app = Robyn(__file__)


@app.get("/")
async def hello():
    return {"message": "Hello World"}


@app.get("/items/:item_id")
async def path_and_query(request):
    names = ("search", "limit")
    # Robyn gives the values as they were sent.
    query = {name: unquote_plus(request.query_params.get(name, "")) for name in names}
    found = by_hand.item_parameters(request.path_params["item_id"], query)
    return Response(200, HEADERS, json.dumps(found))


@app.post("/items")
async def body(request):
    content = request.body
    status, answer = by_hand.stored(content.encode() if isinstance(content, str) else content)
    return Response(status, HEADERS, answer.decode())


if __name__ == "__main__":
    app.start(host="127.0.0.1", port=int(sys.argv[-1]), _check_port=False)

"""emmett55 on its own server, which is granian's through RSGI; validation by hand."""

from emmett55 import App, request, response
from emmett55.tools import service

from benchmarks import by_hand

app = App(__name__)


@app.route("/")
@service.json
async def hello():
    return {"message": "Hello World"}


@app.route("/items/<str:item_id>", methods="get")
@service.json
async def path_and_query(item_id):
    return by_hand.item_parameters(item_id, dict(request.query_params))


@app.route("/items", methods="post", output="bytes")
async def body():
    response.status, content = by_hand.stored(await request.body)
    response.content_type = "application/json"
    return content

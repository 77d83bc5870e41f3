"""Flask: routing, requests and responses; validation by hand. WSGI: there is no event loop and no thread to hop to."""

from flask import Flask, Response, request

from benchmarks import by_hand
from benchmarks.peers.wsgi import asgi_of


def hello():
    return {"message": "Hello World"}


def path_and_query(item_id):
    return by_hand.item_parameters(item_id, request.args.to_dict())


def body():
    status, content = by_hand.stored(request.get_data())
    return Response(content, status, mimetype="application/json")


def models():
    return Response(by_hand.hundred_models(), mimetype="application/json")


def synchronous():
    return by_hand.page_of(by_hand.NUMBER.validate_python(request.args["limit"]))


def thing(thing_id):
    return {"thing_id": by_hand.NUMBER.validate_python(thing_id)}


def one(path, handler, method="GET"):
    def build():
        app = Flask("benchmark")
        app.add_url_rule(path, view_func=handler, methods=[method])
        return asgi_of(app)

    return build


def many(number):
    def build():
        app = Flask("benchmark")
        for n in range(number):
            app.add_url_rule(f"/group-{n}/things/<thing_id>", f"thing_{n}", view_func=thing)
        return asgi_of(app)

    return build


APPLICATIONS = {
    "hello": one("/", hello),
    "path-query": one("/items/<item_id>", path_and_query),
    "body": one("/items", body, "POST"),
    "models-100": one("/items", models),
    "sync": one("/sync", synchronous),
    "routes-1": many(1),
    "routes-10": many(10),
    "routes-100": many(100),
    "routes-500": many(500),
    "routes-5000": many(5000),
    "invalid": one("/items", body, "POST"),
}

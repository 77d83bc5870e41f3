from straightway import Straightway

app = Straightway()


def make(name: str):
    async def endpoint(number: int) -> str:
        return name * number

    return endpoint


for word in ("cats", "dogs"):
    app.add_api_route(f"/{word}/{{number}}", make(word), name=word)

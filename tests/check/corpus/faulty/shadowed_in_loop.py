from straightway import Straightway

app = Straightway()


def make(name: str):
    @app.get(name)
    def endpoint(kind: str = "any") -> str:
        return kind


for each in ("/things/{kind}", "/animals/{kind}"):
    make(each)


@app.get("/animals/cats")  # SW101
def cats() -> str:
    return "cats"

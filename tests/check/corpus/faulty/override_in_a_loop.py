from straightway import Depends, Straightway

app = Straightway()


def get_a() -> int:
    return 1


def get_b() -> int:  # SW304
    return 2


@app.get("/")
def index(a: int = Depends(get_a)) -> int:
    return a


app.dependency_overrides |= dict.fromkeys([get_a, get_b], int)

from straightway import APIRouter, Straightway

app = Straightway(generate_unique_id_function=lambda route: route.name)
users = APIRouter(prefix="/users")
items = APIRouter(prefix="/items")


@users.get("")
def index() -> list[str]:
    return []


@items.get("")  # SW103
def index() -> list[str]:  # noqa: F811
    return []


app.include_router(users)
app.include_router(items)

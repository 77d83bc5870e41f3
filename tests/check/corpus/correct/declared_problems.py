from straightway import APIRouter, Problem, Straightway, problems
from straightway.problems import Conflict, Forbidden, Unauthorized, raises

COMMON = [Forbidden]

app = Straightway(problem_details=True, raises=[Unauthorized])
router = APIRouter(raises=[problems.NotFound])


class Taken(Conflict):
    by: str


class OwnError(Exception):
    pass


@router.put("/orders/{number}", raises=[Conflict])
@raises(Forbidden)
def take(number: int, who: str) -> str:
    if number == 0:
        raise problems.NotFound
    if number == 1:
        raise Unauthorized(headers={"WWW-Authenticate": "Bearer"})
    if number == 2:
        raise Forbidden
    if who == "bob":
        raise Taken(by="ann")
    if who == "eve":
        raise OwnError
    try:
        raise problems.Gone
    except Problem as error:
        return str(error)


@router.get("/orders/{number}")
def read(number: int) -> int:
    if number == 0:
        raise problems.Gone
    return number


@router.get("/listed", raises=COMMON)
def listed() -> int:
    raise problems.Gone


@router.get("/described", raises=[Forbidden], responses={410: {"description": "Gone"}})
def described() -> int:
    raise problems.Gone


app.include_router(router)

from straightway import APIRouter, Problem, Straightway, problems
from straightway.problems import Conflict, Forbidden

app = Straightway(problem_details=True)
router = APIRouter(prefix="/orders", raises=[problems.NotFound])


class Taken(Conflict):
    """Somebody else has it."""

    by: str


class Locked(Problem):
    """Nobody may have it."""

    status = 423


@router.put("/{number}", raises=[Taken])
def take(number: int, who: str) -> str:
    if number == 0:
        raise problems.NotFound(detail="no such order")
    if who == "bob":
        raise Taken(by="ann")
    if number > 7:
        raise Locked  # SW605
    if not who:
        raise Forbidden()  # SW605
    return who


@router.get("/{number}")
def read(number: int):
    if number == 0:
        return Locked()  # SW601
    return number


app.include_router(router)

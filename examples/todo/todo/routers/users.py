"""Registration, and the user's own account."""

from straightway import APIRouter
from todo.dependencies import CurrentUser, HashingTurn, SessionDependency
from todo.errors import error_responses
from todo.models import User
from todo.schemas import UserCreate, UserRead
from todo.services import users

router = APIRouter(prefix="/users", tags=["users"])


@router.post(
    "",
    status_code=201,
    response_model=UserRead,
    dependencies=[HashingTurn],
    responses=error_responses(409, 413, 422),
)
def register(registration: UserCreate, session: SessionDependency) -> User:
    """Register with an email and a password."""
    return users.register_user(session, registration)


@router.get("/me", response_model=UserRead, responses=error_responses(401))
def read_me(user: CurrentUser) -> User:
    """Return the account that the access token belongs to."""
    return user

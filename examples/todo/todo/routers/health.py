"""What a load balancer asks."""

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select

from straightway import APIRouter
from todo.dependencies import SessionDependency
from todo.errors import DatabaseUnavailableError, error_responses
from todo.models import User
from todo.schemas import Health

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live")
async def check_liveness() -> Health:
    """Answer while the process works; if it does not, restart it."""
    return Health()


@router.get("/ready", responses=error_responses(503))
def check_readiness(session: SessionDependency) -> Health:
    """Answer when the database can be reached and has its tables; if not, send the requests elsewhere."""
    try:
        session.exec(select(User.id).limit(1)).first()
    except SQLAlchemyError as error:
        raise DatabaseUnavailableError from error
    return Health()

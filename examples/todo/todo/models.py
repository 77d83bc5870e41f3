"""The tables."""

from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID, uuid4

from sqlalchemy import DateTime, Dialect, Index, MetaData, TypeDecorator
from sqlmodel import Field, SQLModel


def utc_now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: stored in UTC and read back with its time zone, which SQLite alone would forget."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # SQLAlchemy's interface
        """Refuse a local time: nobody could say later when it was."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # SQLAlchemy's interface
        """Name the time zone again."""
        if value is not None and value.tzinfo is None:
            return value.replace(tzinfo=UTC)
        return value and value.astimezone(UTC)


class Table(SQLModel):
    """What the tables have in common."""

    # Constraints with names can be changed by later migrations.
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )

    # Random, so that a token never outlives its user to open the account of the next one.
    id: UUID = Field(default_factory=uuid4, primary_key=True)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class User(Table, table=True):
    """Somebody who can log in."""

    __tablename__ = "users"  # pyright: ignore[reportAssignmentType]  # SQLModel declares a method

    email: str = Field(max_length=254, unique=True)
    password_hash: str = Field(max_length=255, repr=False)


class Todo(Table, table=True):
    """Something that its owner wants to do."""

    __tablename__ = "todos"  # pyright: ignore[reportAssignmentType]  # SQLModel declares a method
    __table_args__: ClassVar[tuple[Index, ...]] = (Index(None, "owner_id", "created_at"),)

    owner_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    title: str = Field(max_length=200)
    description: str
    completed: bool = False
    updated_at: datetime = Field(
        default_factory=utc_now, sa_type=UtcDateTime, sa_column_kwargs={"onupdate": utc_now}
    )

"""What goes over the wire."""

from typing import Annotated, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import (
    MISSING,
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    EmailStr,
    Field,
    SecretStr,
    StringConstraints,
)

Item = TypeVar("Item")

# The local part of an address may be case-sensitive in theory (RFC 5321, section 2.4). No mail server that people use
# tells Ann@ from ann@, and people do not either.
Email = Annotated[EmailStr, AfterValidator(str.lower)]
# Bounded above, because hashing works on all of it.
Password = Annotated[SecretStr, Field(min_length=12, max_length=128)]
Title = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$"),
]
# PostgreSQL cannot store the character NUL.
Text = Annotated[str, StringConstraints(max_length=10_000, pattern=r"^[^\x00]*$")]
Search = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]
Sort = Literal["created_at", "-created_at", "updated_at", "-updated_at", "title", "-title"]


class Input(BaseModel):
    """What clients send: a misspelt field is an error, not a field that was left out."""

    model_config = ConfigDict(extra="forbid")


class UserCreate(Input):
    """A registration."""

    email: Email
    password: Password


class UserRead(BaseModel):
    """A user, as that user sees it."""

    id: UUID
    email: str
    created_at: AwareDatetime


class Token(BaseModel):
    """An access token, as OAuth2 answers with it (RFC 6749, section 5.1)."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105  # a kind, not a token
    expires_in: int = Field(description="Seconds until the token expires.")


class TodoCreate(Input):
    """A new todo."""

    title: Title
    description: Text = ""
    completed: bool = False


class TodoUpdate(Input):
    """The fields of a todo to change; those that are left out stay as they are."""

    # MISSING rather than None: leaving a title out means something, the title null does not.
    title: Title | MISSING = MISSING
    description: Text | MISSING = MISSING
    completed: bool | MISSING = MISSING


class TodoRead(BaseModel):
    """A todo."""

    id: UUID
    title: str
    description: str
    completed: bool
    created_at: AwareDatetime
    updated_at: AwareDatetime


class TodoQuery(Input):
    """Which todos to list, and in which order; a leading minus sorts downwards."""

    completed: bool | None = None
    search: Annotated[Search | None, Field(description="Text in the title or the description.")] = None
    sort: Sort = "-created_at"
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class Page(BaseModel, Generic[Item]):
    """Some of the items that were asked for."""

    items: list[Item]
    total: int = Field(description="How many there are on all pages.")
    limit: int
    offset: int


class Health(BaseModel):
    """The state of the server."""

    status: Literal["ok"] = "ok"

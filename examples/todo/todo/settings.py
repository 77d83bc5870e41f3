"""What the environment decides: each setting is a variable that starts with TODO_, or a line of the file .env."""

from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

# Published with this source, so it protects nothing; it lets a first run work without any set-up.
DEFAULT_SECRET = "published-secret-for-development-only"  # noqa: S105  # see above

DRIVERS = {
    "sqlite": "sqlite",
    "postgres": "postgresql+psycopg",  # hosting providers still hand out this spelling
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


def _with_driver(value: str) -> str:
    try:
        url = make_url(value)
    except ArgumentError:
        # Without its cause: a message that repeats the address repeats the password in it.
        raise ValueError("not a database address such as postgresql://user:password@host/name") from None
    if url.drivername not in DRIVERS:
        raise ValueError(f"{url.drivername!r} is not supported: write sqlite:///file or postgresql://...")
    if url.drivername == "sqlite" and url.database in {None, "", ":memory:"}:
        raise ValueError("each connection would see an empty database of its own: write sqlite:///file")
    return url.set(drivername=DRIVERS[url.drivername]).render_as_string(hide_password=False)


def _origin(value: str) -> str:
    parts = urlsplit(value)
    if value != "*" and (not parts.netloc or parts.path or parts.query):
        raise ValueError(f"{value!r} is not an origin: write scheme://host[:port], with nothing behind it")
    return value


class Settings(BaseSettings):
    """The settings of one running application; creating them reads and checks the environment."""

    model_config = SettingsConfigDict(
        env_prefix="TODO_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        # A refused secret must not be printed into the log of a server that does not start.
        hide_input_in_errors=True,
    )

    environment: Literal["development", "production"] = "development"
    # HS256 wants a key as long as its hash (RFC 7518, section 3.2).
    secret_key: Annotated[SecretStr, Field(min_length=32)] = SecretStr(DEFAULT_SECRET)
    access_token_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = 30
    database_url: Annotated[str, AfterValidator(_with_driver), Field(repr=False)] = "sqlite:///todo.db"
    cors_origins: Annotated[tuple[Annotated[str, AfterValidator(_origin)], ...], NoDecode] = ()
    max_body_size: Annotated[int, Field(ge=1024)] = 64 * 1024

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: object) -> object:
        if isinstance(value, str):
            return [origin.strip() for origin in value.split(",") if origin.strip()]
        return value

    @property
    def has_default_secret(self) -> bool:
        """Whether tokens are signed with the secret that everybody knows."""
        return self.secret_key.get_secret_value() == DEFAULT_SECRET

    @model_validator(mode="after")
    def _refuse_default_secret(self) -> Self:
        if self.environment == "production" and self.has_default_secret:
            raise ValueError(
                "production needs a secret of its own: set TODO_SECRET_KEY to the output of "
                "python -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
        return self

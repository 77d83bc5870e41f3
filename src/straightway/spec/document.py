"""The document itself: who offers the API, where, and the components its parts refer to."""

# ruff: noqa: N815  # the names are the specification's

from typing import Any

from pydantic import AnyUrl

from straightway.spec.base import BaseModelWithConfig, EmailStr
from straightway.spec.operations import (
    Example,
    Header,
    Link,
    Parameter,
    PathItem,
    RequestBody,
    Response,
    Server,
)
from straightway.spec.schemas import ExternalDocumentation, Reference, Schema
from straightway.spec.security import SecurityScheme

__all__ = ["Components", "Contact", "Info", "License", "OpenAPI", "Tag"]


class Contact(BaseModelWithConfig):
    """Whom to ask about the API."""

    name: str | None = None
    url: AnyUrl | None = None
    email: EmailStr | None = None


class License(BaseModelWithConfig):
    """Under which licence the API may be used; `identifier` is an SPDX expression."""

    name: str
    identifier: str | None = None
    url: AnyUrl | None = None


class Info(BaseModelWithConfig):
    """Title, version and the people behind the API."""

    title: str
    summary: str | None = None
    description: str | None = None
    termsOfService: str | None = None
    contact: Contact | None = None
    license: License | None = None
    version: str


class Tag(BaseModelWithConfig):
    """A heading under which operations are grouped."""

    name: str
    description: str | None = None
    externalDocs: ExternalDocumentation | None = None


class Components(BaseModelWithConfig):
    """Parts that the rest of the document points to by name."""

    schemas: dict[str, Schema | Reference] | None = None
    responses: dict[str, Response | Reference] | None = None
    parameters: dict[str, Parameter | Reference] | None = None
    examples: dict[str, Example | Reference] | None = None
    requestBodies: dict[str, RequestBody | Reference] | None = None
    headers: dict[str, Header | Reference] | None = None
    securitySchemes: dict[str, SecurityScheme | Reference] | None = None
    links: dict[str, Link | Reference] | None = None
    callbacks: dict[str, dict[str, PathItem] | Reference | Any] | None = None
    pathItems: dict[str, PathItem | Reference] | None = None


class OpenAPI(BaseModelWithConfig):
    """The whole document; `paths` and `webhooks` map a path or a name to its operations."""

    openapi: str
    info: Info
    jsonSchemaDialect: str | None = None
    servers: list[Server] | None = None
    paths: dict[str, PathItem | Any] | None = None
    webhooks: dict[str, PathItem | Reference] | None = None
    components: Components | None = None
    security: list[dict[str, list[str]]] | None = None
    tags: list[Tag] | None = None
    externalDocs: ExternalDocumentation | None = None

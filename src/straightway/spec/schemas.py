"""JSON Schema as OpenAPI 3.1 uses it: draft 2020-12 and four additions."""

# ruff: noqa: N815  # the names are the specification's

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AnyUrl, BaseModel, Field
from typing_extensions import deprecated

from straightway.spec.base import BaseModelWithConfig

__all__ = [
    "XML",
    "Discriminator",
    "ExternalDocumentation",
    "Reference",
    "Schema",
    "SchemaOrBool",
    "SchemaType",
]


class Reference(BaseModel):
    """A pointer to a component, `{"$ref": …}`."""

    ref: str = Field(alias="$ref")


class Discriminator(BaseModel):
    """Which property tells the members of a union apart."""

    propertyName: str
    mapping: dict[str, str] | None = None


class XML(BaseModelWithConfig):
    """How a property is written in XML."""

    name: str | None = None
    namespace: str | None = None
    prefix: str | None = None
    attribute: bool | None = None
    wrapped: bool | None = None


class ExternalDocumentation(BaseModelWithConfig):
    """A page elsewhere that explains more."""

    description: str | None = None
    url: AnyUrl


SchemaType: TypeAlias = Literal["array", "boolean", "integer", "null", "number", "object", "string"]


# Here, because inside the class `deprecated` is a field.
superseded = deprecated("OpenAPI 3.1 has `examples`, a list, instead.")


class Schema(BaseModelWithConfig):
    """A JSON Schema (draft 2020-12) with OpenAPI's additions; fields come out in the order given here."""

    # JSON Schema core, section 8
    schema_: str | None = Field(default=None, alias="$schema")
    vocabulary: str | None = Field(default=None, alias="$vocabulary")
    id: str | None = Field(default=None, alias="$id")
    anchor: str | None = Field(default=None, alias="$anchor")
    dynamicAnchor: str | None = Field(default=None, alias="$dynamicAnchor")
    ref: str | None = Field(default=None, alias="$ref")
    dynamicRef: str | None = Field(default=None, alias="$dynamicRef")
    defs: "dict[str, SchemaOrBool] | None" = Field(default=None, alias="$defs")
    comment: str | None = Field(default=None, alias="$comment")
    # applicators, section 10
    allOf: "list[SchemaOrBool] | None" = None
    anyOf: "list[SchemaOrBool] | None" = None
    oneOf: "list[SchemaOrBool] | None" = None
    not_: "SchemaOrBool | None" = Field(default=None, alias="not")
    if_: "SchemaOrBool | None" = Field(default=None, alias="if")
    then: "SchemaOrBool | None" = None
    else_: "SchemaOrBool | None" = Field(default=None, alias="else")
    dependentSchemas: "dict[str, SchemaOrBool] | None" = None
    prefixItems: "list[SchemaOrBool] | None" = None
    items: "SchemaOrBool | None" = None
    contains: "SchemaOrBool | None" = None
    properties: "dict[str, SchemaOrBool] | None" = None
    patternProperties: "dict[str, SchemaOrBool] | None" = None
    additionalProperties: "SchemaOrBool | None" = None
    propertyNames: "SchemaOrBool | None" = None
    # unevaluated locations, section 11
    unevaluatedItems: "SchemaOrBool | None" = None
    unevaluatedProperties: "SchemaOrBool | None" = None
    # JSON Schema validation, section 6
    type: SchemaType | list[SchemaType] | None = None
    enum: list[Any] | None = None
    const: Any | None = None
    multipleOf: Annotated[float | None, Field(gt=0)] = None
    maximum: float | None = None
    exclusiveMaximum: float | None = None
    minimum: float | None = None
    exclusiveMinimum: float | None = None
    maxLength: Annotated[int | None, Field(ge=0)] = None
    minLength: Annotated[int | None, Field(ge=0)] = None
    pattern: str | None = None
    maxItems: Annotated[int | None, Field(ge=0)] = None
    minItems: Annotated[int | None, Field(ge=0)] = None
    uniqueItems: bool | None = None
    maxContains: Annotated[int | None, Field(ge=0)] = None
    minContains: Annotated[int | None, Field(ge=0)] = None
    maxProperties: Annotated[int | None, Field(ge=0)] = None
    minProperties: Annotated[int | None, Field(ge=0)] = None
    required: list[str] | None = None
    dependentRequired: dict[str, set[str]] | None = None
    # format and content, sections 7 and 8
    format: str | None = None
    contentEncoding: str | None = None
    contentMediaType: str | None = None
    contentSchema: "SchemaOrBool | None" = None
    # annotations, section 9
    title: str | None = None
    description: str | None = None
    default: Any | None = None
    deprecated: bool | None = None
    readOnly: bool | None = None
    writeOnly: bool | None = None
    examples: list[Any] | None = None
    # OpenAPI's own vocabulary
    discriminator: Discriminator | None = None
    xml: XML | None = None
    externalDocs: ExternalDocumentation | None = None
    example: Annotated[Any | None, superseded] = None


SchemaOrBool: TypeAlias = Schema | bool

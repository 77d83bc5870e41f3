import json
import subprocess
import sys

import pytest
from pydantic import ValidationError

from straightway import spec
from straightway.openapi import constants, models
from straightway.spec.base import UncheckedEmail

EXTENSIBLE = [
    name
    for name in spec.__all__
    if isinstance(getattr(spec, name), type) and issubclass(getattr(spec, name), spec.BaseModelWithConfig)
]


def dumped(model):
    """Write a model the way the generator does."""
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)


def test_public_names():
    """`straightway.openapi.models` and `.constants` together offer everything."""
    assert sorted([*models.__all__, *constants.__all__]) == sorted(spec.__all__)
    assert all(getattr(models, name) is getattr(spec, name) for name in models.__all__)


def test_whole_document():
    """A document that uses every part of the specification comes out as it went in."""
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": "T",
            "summary": "S",
            "description": "D",
            "termsOfService": "https://example.com/terms",
            "contact": {"name": "N", "url": "https://example.com/", "email": "n@example.com"},
            "license": {"name": "MIT", "identifier": "MIT"},
            "version": "1",
            "x-logo": {"url": "logo.png"},
        },
        "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base",
        "servers": [{"url": "/{stage}", "variables": {"stage": {"enum": ["a"], "default": "a"}}}],
        "paths": {
            "/items/{id}": {
                "summary": "Items",
                "get": {
                    "tags": ["t"],
                    "operationId": "read",
                    "parameters": [
                        {"required": True, "schema": {"type": "integer"}, "name": "id", "in": "path"}
                    ],
                    "responses": {
                        "200": {
                            "description": "ok",
                            "headers": {"X-A": {"schema": {"type": "string"}}},
                            "content": {"application/json": {"schema": {"items": {"$ref": "#/x"}}}},
                            "links": {"next": {"operationId": "read", "parameters": {"id": 1}}},
                        },
                        "404": {"$ref": "#/components/responses/missing"},
                    },
                    "callbacks": {"done": {"{$request.body#/url}": {"post": {"responses": {}}}}},
                    "security": [{"key": []}],
                },
                "put": {
                    "requestBody": {
                        "content": {
                            "multipart/form-data": {
                                "examples": {"e": {"value": {"a": 1}, "x-y": 2}},
                                "encoding": {
                                    "a": {"contentType": "image/png", "headers": {"X-B": {"$ref": "#/y"}}}
                                },
                            }
                        },
                        "required": True,
                    },
                    "deprecated": True,
                },
            }
        },
        "webhooks": {"new": {"post": {"summary": "New"}}},
        "components": {
            "schemas": {"Item": {"properties": {"a": {"type": ["string", "null"]}}, "type": "object"}},
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
        },
        "security": [{"key": []}],
        "tags": [{"name": "t", "externalDocs": {"url": "https://example.com/t"}}],
        "externalDocs": {"url": "https://example.com/docs"},
        "x-own": [1],
    }

    assert dumped(spec.OpenAPI.model_validate(document)) == document


def test_order_of_a_schemas_keys():
    """Keys come out in the order of the class, whatever order they were given in; extensions come last."""
    given = {"x-own": 1, "default": 1, "description": "d", "title": "T", "required": [], "type": "object"}
    given |= {"properties": {}, "anyOf": [], "$ref": "#/a"}

    assert list(dumped(spec.Schema.model_validate(given))) == [
        "$ref",
        "anyOf",
        "properties",
        "type",
        "required",
        "title",
        "description",
        "default",
        "x-own",
    ]


def test_numbers_are_floats():
    """Limits are numbers, not integers, so they come out as such."""
    assert json.dumps(dumped(spec.Schema(minimum=1, maxLength=2))) == '{"minimum": 1.0, "maxLength": 2}'


def test_schema_may_be_a_boolean():
    """True and false are schemas wherever a schema may be nested."""
    nested = {
        "items": False,
        "additionalProperties": True,
        "not": True,
        "anyOf": [True],
        "properties": {"a": False},
    }

    assert dumped(spec.Schema.model_validate(nested)) == nested


@pytest.mark.parametrize(
    ("field", "alias"),
    [
        ("schema_", "$schema"),
        ("vocabulary", "$vocabulary"),
        ("id", "$id"),
        ("anchor", "$anchor"),
        ("dynamicAnchor", "$dynamicAnchor"),
        ("ref", "$ref"),
        ("dynamicRef", "$dynamicRef"),
        ("defs", "$defs"),
        ("comment", "$comment"),
        ("not_", "not"),
        ("if_", "if"),
        ("else_", "else"),
    ],
)
def test_aliases_of_a_schema(field, alias):
    """Words that Python or Pydantic claims are spelled as in the specification in the document."""
    assert spec.Schema.model_fields[field].alias == alias


@pytest.mark.parametrize("kind", ["array", ["string", "null"], None])
def test_types_of_a_schema(kind):
    """A schema has one type, several or none."""
    assert spec.Schema(type=kind).type == kind


def test_unknown_type():
    """A type that JSON Schema does not know is refused."""
    with pytest.raises(ValidationError, match="2 validation errors for Schema"):
        spec.Schema(type="text")


@pytest.mark.parametrize("name", EXTENSIBLE)
def test_extensions_are_kept(name):
    """Every object keeps keys that the specification does not name."""
    assert getattr(spec, name).model_config["extra"] == "allow"


@pytest.mark.parametrize(
    "model",
    [spec.Reference.model_validate({"$ref": "#/a", "x": 1}), spec.Discriminator(propertyName="p", x=1)],
)
def test_extensions_are_dropped(model):
    """A reference and a discriminator consist of what the specification names."""
    assert "x" not in dumped(model)


@pytest.mark.parametrize(
    ("scheme", "kind"),
    [
        ({"type": "apiKey", "in": "cookie", "name": "n"}, spec.APIKey),
        ({"type": "http", "scheme": "basic"}, spec.HTTPBase),
        ({"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}, spec.HTTPBearer),
        ({"type": "oauth2", "flows": {"password": {"tokenUrl": "t", "scopes": {}}}}, spec.OAuth2),
        ({"type": "openIdConnect", "openIdConnectUrl": "/o"}, spec.OpenIdConnect),
        ({"$ref": "#/s"}, spec.Reference),
    ],
)
def test_security_schemes(scheme, kind):
    """A scheme of a document is recognised by its keys and comes out as it went in."""
    components = spec.Components.model_validate({"securitySchemes": {"s": scheme}})

    assert type(components.securitySchemes["s"]) is kind
    assert dumped(components) == {"securitySchemes": {"s": scheme}}


def test_addresses():
    """Addresses of people and documents are checked and normalised; that of a server is kept as written."""
    assert dumped(spec.Contact(url="http://u")) == {"url": "http://u/"}
    assert dumped(spec.Server(url="http://u")) == {"url": "http://u"}
    with pytest.raises(ValidationError):
        spec.License(name="n", url="no address")


def test_email_is_checked():
    """With email-validator installed a wrong address is refused."""
    with pytest.raises(ValidationError):
        spec.Contact(email="nobody")


def test_email_without_email_validator():
    """Without email-validator any address is taken, and the log says that nobody checked it."""
    program = """
import json, logging, sys
sys.modules["email_validator"] = None
logging.basicConfig(stream=sys.stdout, format="%(name)s %(levelname)s %(message)s")
from straightway import spec
print(repr(spec.Contact(email="nobody").email))
print(json.dumps(spec.Contact.model_json_schema()["properties"]["email"]["anyOf"][0], sort_keys=True))
"""
    command = [sys.executable, "-c", program]
    output = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  # the text above

    warning, email, schema = output.stdout.splitlines()
    assert warning.startswith("straightway WARNING the e-mail address 'nobody' was not checked")
    assert email == "'nobody'"
    assert schema == '{"format": "email", "type": "string"}'


def test_unchecked_email_is_text():
    """What stands in for the e-mail type still refuses what is no text."""

    class Model(spec.BaseModelWithConfig):
        email: UncheckedEmail

    with pytest.raises(ValidationError):
        Model(email=1)


def test_example_of_a_schema_is_deprecated():
    """Reading the keyword that OpenAPI 3.1 replaced warns; it is still carried along."""
    schema = spec.Schema(example=1)

    with pytest.warns(DeprecationWarning, match="`examples`"):
        assert schema.example == 1
    assert dumped(schema) == {"example": 1}


def test_constants():
    """References to schemas are spelled alike by whoever writes and whoever reads them."""
    assert constants.REF_PREFIX == "#/components/schemas/"
    assert constants.REF_TEMPLATE.format(model="M") == "#/components/schemas/M"
    assert {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"} == constants.METHODS_WITH_BODY

"""The document's generator, for applications and packages that change what it makes."""

from straightway.describe.answers import (
    status_code_ranges,
    validation_error_definition,
    validation_error_response_definition,
)
from straightway.describe.bodies import get_openapi_operation_request_body
from straightway.describe.document import get_fields_from_routes, get_openapi
from straightway.describe.operations import (
    generate_operation_id,
    generate_operation_summary,
    get_openapi_operation_metadata,
    get_openapi_path,
)
from straightway.describe.parameters import get_openapi_operation_parameters
from straightway.describe.requirements import requirements_of
from straightway.spec import METHODS_WITH_BODY, REF_PREFIX, REF_TEMPLATE

__all__ = [
    "METHODS_WITH_BODY",
    "REF_PREFIX",
    "REF_TEMPLATE",
    "generate_operation_id",
    "generate_operation_summary",
    "get_fields_from_routes",
    "get_openapi",
    "get_openapi_operation_metadata",
    "get_openapi_operation_request_body",
    "get_openapi_path",
    "status_code_ranges",
    "validation_error_definition",
    "validation_error_response_definition",
]

# Packages that list the parameters of a dependency of their own call these two.
_get_openapi_dependency_data = requirements_of
_get_openapi_operation_parameters = get_openapi_operation_parameters

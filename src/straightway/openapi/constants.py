"""Words of the OpenAPI document that extensions have to spell like the generator does."""

from straightway.spec.constants import METHODS_WITH_BODY, REF_PREFIX, REF_TEMPLATE

__all__ = ["METHODS_WITH_BODY", "REF_PREFIX", "REF_TEMPLATE"]

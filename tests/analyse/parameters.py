"""Single parameters to what they are taken for."""

from inspect import Parameter

import pytest

from straightway.analyse.parameters import analyze_param
from straightway.errors import DeclarationError

EMPTY = Parameter.empty


def analysed(annotation, value=EMPTY, *, path_names=()):
    """Analyse a parameter `p`."""
    return analyze_param(param_name="p", annotation=annotation, value=value, path_param_names=path_names)


def marker_of(annotation, value=EMPTY, *, path_names=()):
    """Return the marker that a parameter has, or is taken to have."""
    return analysed(annotation, value, path_names=path_names).field.field_info


def refused(annotation, value=EMPTY, *, path_names=()):
    """Return what is said about a parameter that cannot be."""
    with pytest.raises(DeclarationError) as refusal:
        analysed(annotation, value, path_names=path_names)
    return refusal.value.message

"""The classes behind the functions that declare parameters, for code that inspects declarations."""

from straightway.declare.depends import Depends, Security
from straightway.declare.params import Body, Cookie, File, Form, Header, Param, ParamTypes, Path, Query

__all__ = [
    "Body",
    "Cookie",
    "Depends",
    "File",
    "Form",
    "Header",
    "Param",
    "ParamTypes",
    "Path",
    "Query",
    "Security",
]

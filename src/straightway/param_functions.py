# ruff: noqa: N802  # the functions are named like the classes they make, as in FastAPI
"""The functions that declare where a parameter comes from: `limit: int = Query(10, le=100)`.

They make the classes of the same names in `straightway.params`, and are typed `Any` so that what they return
can be the default of a parameter of any type. The options they share are described in `MarkerOptions`.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal, Unpack

from straightway import params
from straightway.declare.keywords import advising, spell_out
from straightway.declare.params import MARKER_DEFAULTS, MarkerOptions, Undefined

__all__ = ["Body", "Cookie", "Depends", "File", "Form", "Header", "Path", "Query", "Security"]


@spell_out(MarkerOptions, MARKER_DEFAULTS)
def Path(default: Any = ..., **options: Unpack[MarkerOptions]) -> Any:
    """Declare a value of the path. It is always required; the only default accepted is `...`."""
    return params.Path(default, **options)


@spell_out(MarkerOptions, MARKER_DEFAULTS)
def Query(default: Any = Undefined, **options: Unpack[MarkerOptions]) -> Any:
    """Declare a value, or with a list or a model several values, of the query string."""
    return params.Query(default, **options)


@spell_out(MarkerOptions, MARKER_DEFAULTS)
def Header(
    default: Any = Undefined, *, convert_underscores: bool = True, **options: Unpack[MarkerOptions]
) -> Any:
    """Declare a header; `x_token` is read from `x-token` unless `convert_underscores` is false."""
    return params.Header(default, convert_underscores=convert_underscores, **options)


@spell_out(MarkerOptions, MARKER_DEFAULTS)
def Cookie(default: Any = Undefined, **options: Unpack[MarkerOptions]) -> Any:
    """Declare a cookie."""
    return params.Cookie(default, **options)


@spell_out(MarkerOptions, MARKER_DEFAULTS)
def Body(
    default: Any = Undefined,
    *,
    embed: bool | None = None,
    media_type: str = "application/json",
    **options: Unpack[MarkerOptions],
) -> Any:
    """Declare the request body, or one key of it where there are several or `embed` is true."""
    return params.Body(default, embed=embed, media_type=media_type, **options)


@spell_out(MarkerOptions, MARKER_DEFAULTS)
def Form(
    default: Any = Undefined,
    *,
    media_type: str = "application/x-www-form-urlencoded",
    **options: Unpack[MarkerOptions],
) -> Any:
    """Declare a field, or with a model several fields, of a submitted form."""
    return params.Form(default, media_type=media_type, **options)


@spell_out(MarkerOptions, MARKER_DEFAULTS)
def File(
    default: Any = Undefined, *, media_type: str = "multipart/form-data", **options: Unpack[MarkerOptions]
) -> Any:
    """Declare an uploaded file, as `UploadFile` or as `bytes`."""
    return params.File(default, media_type=media_type, **options)


@advising("Depends")
def Depends(
    dependency: Callable[..., Any] | None = None,
    *,
    use_cache: bool = True,
    scope: Literal["function", "request"] | None = None,
    max_concurrency: int | None = None,
) -> Any:
    """Declare that the value comes from calling `dependency`, or the annotated class where it is left out.

    Within one request the call is made once and shared, unless `use_cache` is false. `scope` and
    `max_concurrency` are described in `straightway.params.Depends`.
    """
    return params.Depends(dependency, use_cache=use_cache, scope=scope, max_concurrency=max_concurrency)


@advising("Security")
def Security(
    dependency: Callable[..., Any] | None = None,
    *,
    scopes: Sequence[str] | None = None,
    use_cache: bool = True,
) -> Any:
    """Declare a dependency that, with all it depends on, is told the OAuth2 scopes required here."""
    return params.Security(dependency, use_cache=use_cache, scopes=scopes)

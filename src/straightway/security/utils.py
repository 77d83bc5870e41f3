"""Reading the `Authorization` header."""

__all__ = ["get_authorization_scheme_param"]


def get_authorization_scheme_param(authorization_header_value: str | None) -> tuple[str, str]:
    """Split `Bearer abc` into scheme and credentials; what is missing is an empty string.

    The scheme keeps the client's case: RFC 9110, section 11.1, wants it compared without regard to case.
    """
    if not authorization_header_value:
        return "", ""
    scheme, _, credentials = authorization_header_value.partition(" ")
    return scheme, credentials.strip()

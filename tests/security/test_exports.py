import straightway.security


def test_public_names():
    """The package offers what FastAPI's offers, and the list is sorted and complete."""
    assert straightway.security.__all__ == [
        "APIKeyCookie",
        "APIKeyHeader",
        "APIKeyQuery",
        "HTTPAuthorizationCredentials",
        "HTTPBasic",
        "HTTPBasicCredentials",
        "HTTPBearer",
        "HTTPDigest",
        "OAuth2",
        "OAuth2AuthorizationCodeBearer",
        "OAuth2PasswordBearer",
        "OAuth2PasswordRequestForm",
        "OAuth2PasswordRequestFormStrict",
        "OpenIdConnect",
        "SecurityScopes",
    ]
    assert all(hasattr(straightway.security, name) for name in straightway.security.__all__)

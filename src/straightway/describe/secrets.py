"""What is secret, and how it is shown: the only place that decides.

Three kinds of evidence count: the name under which a value is kept (`password`, `X-API-Key`), the type that says so
(Pydantic's `SecretStr`), and the look of a text (`Bearer ...`, `postgres://user:password@host`, a JSON Web Token). A value
that is secret by any of them is masked wherever else it turns up, which is what a `Masker` is for.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from itertools import islice
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from urllib.parse import quote, quote_plus

from pydantic import Secret, SecretBytes, SecretStr

__all__ = ["MASK", "Masker", "is_secret", "is_secret_value", "masked"]

MASK = "***"

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SECRET_WORDS = frozenset({
    "auth", "authorization", "authentication", "bearer", "cookie", "cookies", "credential", "credentials", "csrf", "cvc", "cvv",
    "dsn", "jwt", "otp", "passphrase", "passwd", "password", "passwords", "passcode", "pwd", "secret", "secrets", "session",
    "sessionid", "sid", "signature", "ssn", "token", "tokens", "totp", "xsrf", "apikey", "secretkey", "accesskey", "privatekey",
    "authtoken", "accesstoken", "refreshtoken", "clientsecret", "pin", "iban",
})  # fmt: skip
_KINDS_OF_KEY = frozenset({
    "access", "account", "api", "app", "auth", "client", "deploy", "encryption", "hmac", "host", "license", "master", "private",
    "secret", "service", "session", "signing", "ssh", "storage", "webhook",
})  # fmt: skip
_ENDINGS = ("token", "password", "passwd", "secret", "apikey", "sessionid")
"""How names end that are written together: `csrftoken`, `dbpassword`."""
_WORDS_ABOUT = frozenset({
    "age", "algorithm", "algorithms", "at", "class", "count", "expires", "expiry", "factory", "field", "format", "header",
    "length", "lifetime", "limit", "maker", "max", "min", "name", "path", "policy", "prefix", "scheme", "size", "ttl", "type",
    "uri", "url",
})  # fmt: skip
"""Words that end a name which is about a secret and holds none: `token_url`, `password_length`."""


@lru_cache(maxsize=4096)
def is_secret(name: str, *, sent: bool = False) -> bool:
    """Tell whether what is kept under a name is secret: of a variable, a field, a header, a parameter, an option.

    `sent` is for names that others chose, of headers, parameters and options, where a bare `key` is secret too.
    """
    words = [word.lower() for word in _WORDS.findall(name[:200])]
    if not words or words[-1] in _WORDS_ABOUT or words[0] in {"max", "min", "has", "is", "num"}:
        return False
    if not _SECRET_WORDS.isdisjoint(words) or words[-1].endswith(_ENDINGS):
        return words not in (["session"], ["auth"]) or sent
    keys = {"key", "keys"} & set(words)
    return bool(keys) and (not _KINDS_OF_KEY.isdisjoint(words) or (sent and words[-1] in keys))


def is_secret_value(value: object) -> bool:
    """Tell whether a value says itself that it is secret."""
    return isinstance(value, SecretStr | SecretBytes | Secret)


_HARMLESS = (bool, type(None), type, FunctionType, BuiltinFunctionType, MethodType, ModuleType)


def masked(name: str, value: object, *, sent: bool = False) -> object:
    """Return a value such that it may be shown: masked where its name or its type says that it is secret.

    Whether there is a value is no secret: None, booleans and empty texts stay. Texts lose the secrets that can be
    recognised in them, dictionaries, lists and tuples those of their items.
    """
    if isinstance(value, _HARMLESS) or (isinstance(value, str | bytes) and not value):
        return value
    if is_secret(name, sent=sent) or is_secret_value(value):
        return MASK
    match value:
        case str():
            return mask_text(value)
        case dict():
            return {key: masked(str(key), each, sent=sent) for key, each in value.items()}
        case list():
            return [masked("", each, sent=sent) for each in value]
        case tuple():
            return tuple(masked("", each, sent=sent) for each in value)
        case _:
            return value


# Each may be met by whatever a client sends: their repetitions are bounded, or cannot overlap.
_NAMED = re.compile(
    r"(?P<name>[A-Za-z][\w.\-]{1,60})(?P<between>['\"]?[ \t]{0,3}(?:=|:)[ \t]{0,3})"
    r"(?P<value>b?\"[^\"\n]{0,2000}\"?|b?'[^'\n]{0,2000}'?|[^\s&,;'\")\]}]{1,2000})"
)
_USERINFO = re.compile(r"(?P<scheme>\b[a-zA-Z][\w+.\-]{1,30}://[^\s/@:'\"]{0,200}:)[^\s/@'\"]{1,500}(?=@)")
_SCHEME = re.compile(
    r"\b(?P<scheme>Bearer|Basic|Digest|Token)(?P<space>[ \t]{1,3})[\w.~+/=\-]{6,4000}", re.IGNORECASE
)
_TOKENS = re.compile(
    r"\beyJ[\w\-]{5,4000}\.[\w\-]{2,8000}(?:\.[\w\-]{0,2000})?"  # JSON Web Token
    r"|\b(?:sk|pk|rk)[_\-](?:live|test|proj|ant)?[_\-]?[A-Za-z0-9_\-]{16,200}"
    r"|\bgh[pousr]_[A-Za-z0-9]{20,200}|\bgithub_pat_\w{20,200}|\bxox[abprs]-[\w\-]{10,200}"
    r"|\bAKIA[0-9A-Z]{16}\b|\bAIza[\w\-]{30,60}"
    r"|-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]{0,8000}(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?"
)
_LITERAL = re.compile(
    r"(?P<name>\b[A-Za-z_]\w{1,60})(?P<between>['\"]?\]?[ \t]{0,3}(?::[ \t]{0,3}[\w.\[\]| ]{1,60})?(?:=|:)[ \t]{0,3})"
    r"(?P<prefix>[bBrRuUfF]{0,2})(?P<quote>['\"])(?P<value>(?:(?!(?P=quote))[^\\\n]|\\.){1,2000})(?P=quote)"
)


def mask_text(text: str) -> str:
    """Mask what looks like a secret in a text: `password=...`, credentials in a URL, tokens."""
    text = _USERINFO.sub(rf"\g<scheme>{MASK}", text)
    text = _SCHEME.sub(rf"\g<scheme>\g<space>{MASK}", text)
    text = _TOKENS.sub(MASK, text)
    return _NAMED.sub(_named, text)


_NOTHING = frozenset({"None", "True", "False", "null", "true", "false", "''", '""', "b''", 'b""'})


def _named(found: re.Match[str]) -> str:
    name, between, value = found["name"], found["between"], found["value"]
    if not is_secret(name) or MASK in value or value in _NOTHING:
        return found[0]
    is_quoted = value[0] in "'\"" or value[:2] in {"b'", 'b"'}
    # "Unexpected token: foo" is what parsers say.
    if ":" in between and not is_quoted and name.lower() == "token" and not any(map(str.isdigit, value)):
        return found[0]
    quote_mark = value.lstrip("b")[0] if is_quoted else ""
    return f"{name}{between}{quote_mark}{MASK}{quote_mark}"


def mask_source(line: str) -> str:
    """Mask literals that a line of source assigns to a secret name; code stays as it is."""
    line = _TOKENS.sub(MASK, _USERINFO.sub(rf"\g<scheme>{MASK}", line))
    return _LITERAL.sub(_assigned, line)


def _assigned(found: re.Match[str]) -> str:
    if not is_secret(found["name"]):
        return found[0]
    return f"{found['name']}{found['between']}{found['prefix']}{found['quote']}{MASK}{found['quote']}"


class Masker:
    """Masks what looks secret, and the values that are known to be, however they are spelt."""

    def __init__(self, values: Iterable[object] = ()) -> None:
        spellings = {spelling for value in islice(values, _MOST) for spelling in _spellings(value)}
        parts = [_as_pattern(each) for each in sorted(spellings, key=lambda each: (-len(each), each))]
        self._known = re.compile("|".join(parts)) if parts else None

    def text(self, text: str) -> str:
        """Return a text without secrets."""
        return mask_text(self._without_known(text))

    def source(self, line: str) -> str:
        """Return a line of source without literals that are secret."""
        return mask_source(self._without_known(line))

    def _without_known(self, text: str) -> str:
        return text if self._known is None else self._known.sub(MASK, text)


_MOST = 300
"""Secrets that are looked for: a text takes the longer the more there are."""
_SHORTEST = 4
_LONGEST = 4096
_COMMON = frozenset({"true", "false", "none", "null", "password", "token", "secret"})


def _as_pattern(spelling: str) -> str:
    """A short secret may be part of a word by chance; a long one is not."""
    escaped = re.escape(spelling)
    return rf"(?<!\w){escaped}(?!\w)" if len(spelling) < 8 else escaped


def _spellings(value: object) -> Iterator[str]:
    """Yield how a secret may be written elsewhere: itself, without its scheme, quoted, escaped, encoded."""
    for text in _texts(value):
        if not _SHORTEST <= len(text) <= _LONGEST or text.lower() in _COMMON or text == MASK:
            continue
        yield text
        yield repr(text)[1:-1]
        yield json.dumps(text)[1:-1]
        with suppress(UnicodeEncodeError):
            yield from (quote(text, safe=""), quote_plus(text))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, SecretStr | SecretBytes | Secret):
        yield from _texts(value.get_secret_value())
    elif isinstance(value, bytes):
        yield value[: _LONGEST + 1].decode("latin-1")
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**20:
        yield str(value)
    elif isinstance(value, str):
        text = str.__getitem__(value, slice(0, _LONGEST + 1))
        yield text
        scheme, _, rest = text.partition(" ")
        if scheme.lower() in {"bearer", "basic", "token"} and rest:
            yield rest.strip()
            yield from _password_of(rest.strip())


def _password_of(credentials: str) -> Iterator[str]:
    """Yield the password of HTTP Basic credentials (RFC 7617, section 2)."""
    with suppress(ValueError):
        _, _, password = b64decode(credentials, validate=True).decode("utf-8").partition(":")
        yield password

"""Takes secrets out of everything that is logged: by type, by value, by name and by pattern."""

import json
import re
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

import attrs

from subledger.secret import MASK, Secret

DEPTH: Final = 6
"""Levels of nesting that are looked through; what lies deeper is left out."""

_SHORTEST_INSIDE_TEXT: Final = 4
_NAMES = (
    r"pass(?:word|wd|phrase)?|pwd|token|secret|authorization|api[_-]?key|apikey|access[_-]?key"
    r"|private[_-]?key|client[_-]?key|cookie|credential|ticket|signature"
)
_NAME = re.compile(rf"(?:{_NAMES})s?$|(?:^|[_-])(?:{_NAMES})s?(?:[_-]|$)", re.IGNORECASE)
_ASSIGNED = re.compile(
    rf"(?P<key>\b[\w-]*(?:{_NAMES})s?[\"']?\s*[:=]\s*)"
    r"(?P<scheme>(?:Bearer|Basic|Token)\s+)?(?:\"[^\"]*\"|'[^']*'|[^\s,;&<>\"'(){}\[\]]+)",
    re.IGNORECASE,
)
_ELEMENT = re.compile(rf"(<(?:\w+:)?\w*(?:{_NAMES})\b[^>]*>)[^<]+(?=</)", re.IGNORECASE)
_SCHEMES = re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{6,}", re.IGNORECASE)
_JWT = re.compile(r"\beyJ[\w-]{4,}\.[\w-]{4,}\.[\w-]*")
_USERINFO = re.compile(r"(://[^/\s:@]*:)[^/\s@]+(?=@)")
_SUSPECT = re.compile(rf"bearer|basic|eyj|://|{_NAMES}")
"""Found in every folded text in which a pattern above is found; most texts have none of it."""

_known: dict[int, set[str]] = {}
"""Clear texts by length; one register, since a secret must not leak through any logger."""
_holders: Counter[str] = Counter()
"""How many want each of them masked."""
_handed_out: dict[str, tuple[frozenset[str], frozenset[str]]] = {}
"""What each owner has now, and what it had before that."""
_changing = threading.Lock()


def register(secret: Secret | str) -> None:
    """From now on this text, plain or escaped for URL, JSON or XML, is masked in every log line."""
    with _changing:
        _mask(_forms(secret))


def mask_for(owner: str, secrets: Iterable[Secret]) -> None:
    """Masks what an owner has now and what it had before that; what is older is forgotten.

    For secrets that are replaced by and by, such as tokens: a request with the one before may still
    be under way.
    """
    texts = {secret.reveal() for secret in secrets} - {""}
    with _changing:
        present, former = _handed_out.get(owner, (frozenset[str](), frozenset[str]()))
        if not texts <= present:
            newest = frozenset(form for text in texts for form in _forms(text))
            _handed_out[owner] = newest, present
            _mask(newest)
            _unmask(former)


def _forms(secret: Secret | str) -> set[str]:
    """A text as it may stand in a log line."""
    text = secret.reveal() if isinstance(secret, Secret) else secret
    as_json = {json.dumps(text, ensure_ascii=narrow)[1:-1] for narrow in (True, False)}
    return {text, quote(text, safe=""), quote_plus(text), escape(text), *as_json} - {""}


def _mask(forms: AbstractSet[str]) -> None:
    _holders.update(forms)
    for form in forms:
        _known.setdefault(len(form), set()).add(form)


def _unmask(forms: AbstractSet[str]) -> None:
    _holders.subtract(forms)
    for form in forms:
        if not _holders[form]:
            del _holders[form]
            alike = _known[len(form)]
            alike.discard(form)
            if not alike:
                del _known[len(form)]


def forget_all() -> None:
    """Empties the register; for tests."""
    _known.clear()
    _holders.clear()
    _handed_out.clear()


def text(value: str) -> str:
    """The text without known secrets and without what looks like a credential."""
    if value in _known.get(len(value), ()):
        return MASK
    value = _without_known(value)
    if _SUSPECT.search(value.casefold()) is None:
        return value
    value = _SCHEMES.sub(rf"\1 {MASK}", value)
    value = _JWT.sub(MASK, value)
    value = _USERINFO.sub(rf"\1{MASK}", value)
    value = _ELEMENT.sub(rf"\1{MASK}", value)
    return _ASSIGNED.sub(rf"\g<key>{MASK}", value)


def known(value: str) -> str:
    """The text without known secrets; what merely looks like a credential stays."""
    return MASK if value in _known.get(len(value), ()) else _without_known(value)


def clean(line: str) -> bool:
    """Whether a whole line, as JSON, holds neither a known secret nor what looks like a credential.

    Names of values count too, so that nothing of such a line would be masked.
    """
    if min(_known, default=_SHORTEST_INSIDE_TEXT) < _SHORTEST_INSIDE_TEXT:
        return False  # so short a secret masks only a value that equals it
    return _SUSPECT.search(line.casefold()) is None and _without_known(line) == line


def _without_known(value: str) -> str:
    """The text without known secrets, the longest first; cheap also where there are thousands."""
    for length in sorted(_known, reverse=True):
        if not _SHORTEST_INSIDE_TEXT <= length <= len(value):
            continue
        secrets = _known.get(length, set())
        if len(secrets) > len(value):
            parts = {value[start : start + length] for start in range(len(value) - length + 1)}
            secrets = secrets & parts
        for secret in tuple(secrets):  # others may be added meanwhile
            value = value.replace(secret, MASK)
    return value


def value(something: object, depth: int = 0) -> Any:
    """A copy without secrets, made of plain values, looked through to :data:`DEPTH` levels."""
    if something is None or isinstance(something, bool | int | float):
        return something
    if isinstance(something, Secret):
        return MASK
    if isinstance(something, str):
        return text(something)
    if isinstance(something, bytes | bytearray):
        return text(bytes(something).decode("utf-8", "backslashreplace"))
    if depth >= DEPTH and not isinstance(something, BaseException):
        return "(deeper values left out)"
    if isinstance(something, Mapping):
        return {text(str(key)): _named(str(key), item, depth) for key, item in something.items()}
    if isinstance(something, list | tuple | AbstractSet):
        return [value(item, depth + 1) for item in something]
    cls: type[Any] = type(something)
    if attrs.has(cls) and not isinstance(something, BaseException):
        fields = attrs.fields(cls)
        return {
            field.name: _named(field.name, getattr(something, field.name, None), depth)
            for field in fields
            if field.repr
        }
    return text(str(something))


@lru_cache(maxsize=1024)
def _is_secret(name: str) -> bool:
    return _NAME.search(name) is not None


def _named(name: str, item: object, depth: int) -> Any:
    if _is_secret(name) and not isinstance(item, bool | int | float | None):
        return MASK
    return value(item, depth + 1)


def processor(_logger: Any, _method: str, event: Any) -> Any:
    """A structlog processor: the event without secrets; the last before the renderer."""
    return {
        name: item if name.startswith("_") else _named(name, item, 0)
        for name, item in event.items()
    }

"""What an answer holds: rows, one record, the number of pages, or one of seven forms of refusal."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

Row = Mapping[str, Any]

_FAILED: Final = ("success", False)
_ALONE: Final = frozenset({"message", "error", "errors"})


def rows_of(body: object, name: str) -> Sequence[Row] | None:
    """The rows of a list; None where the answer is something else. Some lists stand alone."""
    found = body.get(name) if isinstance(body, Mapping) else body
    if isinstance(found, list) and all(isinstance(row, Mapping) for row in found):
        return found
    return None


def record_of(body: object, name: str) -> Row | None:
    """One record, wrapped in its name or flat; None where the answer holds none."""
    if not isinstance(body, Mapping):
        return None
    found = body.get(name, body)
    return found if isinstance(found, Mapping) and "id" in found else None


def objects(value: object) -> Sequence[Row]:
    """The objects of a list, and nothing for anything else: a bad record must not end a run."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def object_of(value: object) -> Row:
    """An object; an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def meta_of(body: object) -> tuple[int | None, int | None]:
    """Page and number of pages, as far as the answer tells them; many lists do not."""
    meta = body.get("meta") if isinstance(body, Mapping) else None
    if not isinstance(meta, Mapping):
        return None, None
    return _whole(meta.get("page")), _whole(meta.get("total_pages"))


def _whole(value: object) -> int | None:
    return int(value) if isinstance(value, int | str) and str(value).isdecimal() else None


def refuses(body: object) -> bool:
    """Whether an answer with status 200 is a refusal all the same."""
    if not isinstance(body, Mapping):
        return False
    name, value = _FAILED
    return body.get(name) is value or (bool(body) and set(body) <= _ALONE)


def said(body: object) -> str:
    """The words of a refusal, whichever form it has; empty where it has none."""
    if isinstance(body, str):
        return body
    if not isinstance(body, Mapping):
        return ""
    for name in ("error", "errors", "message"):
        if body.get(name):
            return "; ".join(_texts(body[name]))
    fields = {key: value for key, value in body.items() if isinstance(value, list)}
    return "; ".join(_texts(fields))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from (f"{name} {text}" for text in _texts(inner))

"""Hostile payloads: real records in which something is missing, doubled or of another type."""

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from attrs import evolve
from hypothesis import strategies as st

from subledger.ports import RawRecord

Path = tuple[Any, ...]

_VALUES: Final[st.SearchStrategy[Any]] = st.one_of(
    st.sampled_from(
        [
            *(None, True, False, 0, -1, 10**30, "", "0", "x", "-0.005", "1e999999", "NaN", "\0"),
            *("-Infinity", "0001-01-01T00:30:00+14:00", "9999-12-31", "2026-13-45", "12,50"),
            *([], {}, [None], ["x"], [[]], [{}], {"id": None}, "\ud83d\ude00", "\u0661"),
        ]
    ),
    st.integers(-(10**6), 10**6),
    st.text(max_size=6),
)
_MISSING: Final = object()

_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")

_SWEPT: Final[tuple[Any, ...]] = (_MISSING, None, "x", 7, [None], {})


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every place inside a JSON value, from the outside in."""
    inside = dict(enumerate(value)) if isinstance(value, list | tuple) else value
    if isinstance(inside, Mapping):
        for key, one in inside.items():
            yield (*path, key)
            yield from places(one, (*path, key))


def changed(value: Any, path: Path, new: Any) -> Any:
    """A copy of a JSON value with something else at a place, or with nothing there."""
    key, *rest = path
    made: Any = dict(value) if isinstance(value, Mapping) else list(value)
    if rest:
        made[key] = changed(value[key], tuple(rest), new)
    elif new is _MISSING:
        del made[key]
    else:
        made[key] = new
    return made


@st.composite
def payloads(draw: st.DrawFn, records: Sequence[RawRecord]) -> RawRecord:
    """A real record in which one to three places hold something else, or nothing."""
    record = draw(st.sampled_from(records))
    data: Any = copy.deepcopy(dict(record.data))
    for _ in range(draw(st.integers(1, 3))):
        where = list(places(data))
        if not where:
            break
        path = draw(st.sampled_from(where))
        new = draw(st.one_of(st.just(_MISSING), _VALUES))
        data = changed(data, path, copy.deepcopy(new) if new is not _MISSING else new)
    return evolve(record, data=data)


def sweep(records: Sequence[RawRecord]) -> Iterator[RawRecord]:
    """The records with one place each spoilt, every place once.

    What stands there becomes nothing, something of another type, and zero, negative or empty in its
    own type. Then all numbers of a record become zero or negative, so that they still add up.
    """
    seen: set[tuple[Any, ...]] = set()
    for record in records:
        data = dict(record.data)
        for path in places(data):
            pattern = tuple("" if isinstance(part, int) else part for part in path)
            if (pattern, record.makes) not in seen:
                seen.add((pattern, record.makes))
                for new in (*_SWEPT, *_smaller(_at(data, path))):
                    yield evolve(record, data=changed(data, path, new))
        for number in range(2):
            yield evolve(record, data=_numbered(data, number))


def without_numbers(records: Sequence[RawRecord]) -> Iterator[tuple[RawRecord, RawRecord]]:
    """Each record, and it once more with one of its numbers missing, or null."""
    for record in records:
        data = copy.deepcopy(dict(record.data))
        for path in list(places(data)):
            if _is_number(_at(data, path)):
                for new in (_MISSING, None):
                    spoilt = changed(copy.deepcopy(data), path, new)
                    yield evolve(record, data=copy.deepcopy(data)), evolve(record, data=spoilt)


def _is_number(value: Any) -> bool:
    if isinstance(value, str):
        return bool(_NUMBER.fullmatch(value))
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _at(value: Any, path: Path) -> Any:
    for key in path:
        value = value[key]
    return value


def _smaller(value: Any) -> tuple[Any, ...]:
    """Zero and negative for a number, also for one in a text; empty for a text or list."""
    if value is None:
        return (0,)
    if isinstance(value, str):
        numbers = ("0", f"-{value.lstrip('-')}", "0.00") if _NUMBER.fullmatch(value) else ()
        return (*numbers, "")
    if isinstance(value, Decimal):
        return (Decimal(0), -abs(value))
    if isinstance(value, int) and not isinstance(value, bool):
        return (0, -abs(value))
    return ([],) if isinstance(value, list | tuple) else ()


def _numbered(value: Any, number: int) -> Any:
    """A JSON value with zero (``number`` 0) or its negative (1) in place of each number."""
    if isinstance(value, Mapping):
        return {key: _numbered(one, number) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_numbered(one, number) for one in value]
    made = _smaller(value) if value is not None else ()
    return made[number] if len(made) > 1 else value


def shapes(records: Sequence[RawRecord], most: int) -> list[RawRecord]:
    """Records that differ in what they consist of, at most so many."""
    found: dict[Any, RawRecord] = {}
    for record in records:
        found.setdefault(_shape(dict(record.data)), record)
    return list(found.values())[:most]


def _shape(value: Any) -> Any:
    if isinstance(value, Mapping):
        return tuple(sorted((str(key), _shape(one)) for key, one in value.items()))
    if isinstance(value, list | tuple):
        return ("list", _shape(value[0]) if value else None)
    return type(value).__name__

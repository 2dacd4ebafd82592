"""Whether a value is what its class declares: checked at run time, for code no checker has seen."""

import datetime as dt
import enum
import math
from collections import abc
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, Final, Literal, NewType, TypeVar, Union, cast, get_args, get_origin

import attrs

from subledger.model import Attachment, Document, Entity, Item, Movement, Party, Settlement
from subledger.money import Money

F = TypeVar("F", bound=Callable[..., Any])
Test = Callable[[Any], bool]


def cache(function: F) -> F:
    """As functools.cache, which would ask the type checker for more than we know."""
    return cast("F", lru_cache(maxsize=None)(function))


ENTITIES: Final = (Movement, Document, Settlement, Party, Item, Attachment)
"""Every class of entity that can be stored."""

_LEAVES: Final[dict[Any, Test]] = {
    str: lambda value: isinstance(value, str),
    bytes: lambda value: isinstance(value, bytes),
    bool: lambda value: value is True or value is False,
    int: lambda value: type(value) is int,
    float: lambda value: type(value) in (int, float) and math.isfinite(value),
    Decimal: lambda value: isinstance(value, Decimal) and value.is_finite(),
    dt.date: lambda value: type(value) is dt.date,
    dt.datetime: lambda value: isinstance(value, dt.datetime) and value.utcoffset() is not None,
    Money: lambda value: isinstance(value, Money),
    NoneType: lambda value: value is None,
}
"""Exact where Python is lenient: True is no number, a moment no date, a float no money."""
_LISTS: Final = (abc.Sequence, list)
_SETS: Final = (frozenset, set, abc.Set)
_MAPPINGS: Final = (abc.Mapping, dict)


@cache
def conforms(annotation: Any) -> Test:  # noqa: C901 - a table of cases
    """A test for values of an annotation; annotations that say nothing are met by everything."""
    if isinstance(annotation, NewType):
        return conforms(annotation.__supertype__)
    if annotation in _LEAVES:
        return _LEAVES[annotation]
    if annotation is Entity:
        return _is_entity
    origin, arguments = get_origin(annotation) or annotation, get_args(annotation)
    if origin in (Union, UnionType):
        return _any_of([conforms(choice) for choice in arguments])
    if origin is Literal:
        return lambda value: value in arguments
    if origin is tuple:
        return _tuple(arguments)
    if origin in _LISTS:
        return _many((list, tuple), arguments)
    if origin in _SETS:
        return _many((frozenset, set), arguments)
    if origin in _MAPPINGS:
        return _mapping(arguments)
    if isinstance(origin, type) and attrs.has(origin):
        return _fields(origin)
    if isinstance(origin, type) and (issubclass(origin, enum.Enum) or origin is dt.timedelta):
        return lambda value: isinstance(value, origin)
    return lambda _value: True


def fault(value: Any, annotation: Any, path: str = "") -> str:
    """The first thing about a value that is not as declared, with its path; empty if it is sound.

    Slow: for values of which :func:`conforms` has said that they are not sound.
    """
    if conforms(annotation)(value):
        return ""
    cls = type(value)
    if annotation is Entity and cls not in ENTITIES:
        return f"{path or 'it'} is {cls.__name__}, which is no entity"
    if attrs.has(cls) and _is_of(cls, annotation):
        for field in _declared(cls):
            found = fault(getattr(value, field.name, None), field.type, _below(path, field.name))
            if found:
                return found
    if isinstance(value, list | tuple):
        arguments = get_args(annotation)
        inner = arguments[0] if arguments else Any
        for index, item in enumerate(value):
            if not conforms(inner)(item):
                return fault(item, inner, f"{path}[{index}]")
    return f"{path or 'it'} is {_shown(value)}, not {_named(annotation)}"


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _shown(value: Any) -> str:
    naive = isinstance(value, dt.datetime) and value.utcoffset() is None
    return "a moment without time zone" if naive else type(value).__name__


def _named(annotation: Any) -> str:
    if annotation is dt.datetime:
        return "a moment with time zone"
    plain = isinstance(annotation, type) and not get_args(annotation)
    name: str = annotation.__name__ if plain else str(annotation)
    return name.replace("typing.", "").replace("collections.abc.", "").replace("subledger.", "")


def _is_of(cls: type[Any], annotation: Any) -> bool:
    if annotation is Entity:
        return cls in ENTITIES
    choices = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else [annotation]
    return any(isinstance(one, type) and issubclass(cls, one) for one in choices)


def _is_entity(value: Any) -> bool:
    cls = type(value)
    return cls in ENTITIES and _fields(cls)(value)


def _any_of(tests: list[Test]) -> Test:
    return lambda value: any(test(value) for test in tests)


def _tuple(arguments: tuple[Any, ...]) -> Test:
    if len(arguments) == 2 and arguments[1] is Ellipsis:  # noqa: PLR2004 - tuple[X, ...]
        return _many((tuple,), arguments)
    tests = [conforms(one) for one in arguments]
    return lambda value: (
        isinstance(value, tuple)
        and len(value) == len(tests)
        and all(test(item) for test, item in zip(tests, value, strict=True))
    )


def _many(classes: tuple[type[Any], ...], arguments: tuple[Any, ...]) -> Test:
    test = conforms(arguments[0]) if arguments else conforms(Any)
    return lambda value: isinstance(value, classes) and all(map(test, value))


def _mapping(arguments: tuple[Any, ...]) -> Test:
    if not arguments or arguments[1] is Any:
        return lambda value: isinstance(value, abc.Mapping)
    key, item = conforms(arguments[0]), conforms(arguments[1])
    return lambda value: (
        isinstance(value, abc.Mapping) and all(map(key, value)) and all(map(item, value.values()))
    )


@cache
def _fields(cls: type[Any]) -> Test:
    tests: list[tuple[str, Test]] | None = None

    def test(value: Any) -> bool:
        nonlocal tests
        if not isinstance(value, cls):
            return False
        if tests is None:  # not before: a class may hold values of its own class
            tests = [(field.name, conforms(field.type)) for field in _declared(cls)]
        try:
            return all(each(getattr(value, name)) for name, each in tests)
        except AttributeError:
            return False

    return test


@cache
def _declared(cls: type[Any]) -> "tuple[attrs.Attribute[Any], ...]":
    try:
        found: tuple[attrs.Attribute[Any], ...] = attrs.fields(attrs.resolve_types(cls))
    except (NameError, TypeError):  # names that only a type checker sees: nothing can be said
        return ()
    return found

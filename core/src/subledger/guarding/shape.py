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

_LEAVES: Final[dict[Any, str]] = {
    str: "isinstance(x, str)",
    bytes: "isinstance(x, bytes)",
    bool: "(x is True or x is False)",
    int: "type(x) is int",
    float: "(type(x) in (int, float) and isfinite(x))",
    Decimal: "(isinstance(x, Decimal) and x.is_finite())",
    dt.date: "type(x) is date",
    dt.datetime: "(isinstance(x, datetime) and x.utcoffset() is not None)",
    Money: "isinstance(x, Money)",
    NoneType: "x is None",
}
"""Exact where Python is lenient: True is no number, a moment no date, a float no money."""
_LISTS: Final = (abc.Sequence, list)
_SETS: Final = (frozenset, set, abc.Set)
_MAPPINGS: Final = (abc.Mapping, dict)
_NAMES: Final[dict[str, Any]] = {
    "Decimal": Decimal,
    "Mapping": abc.Mapping,
    "Money": Money,
    "date": dt.date,
    "datetime": dt.datetime,
    "isfinite": math.isfinite,
}


@cache
def conforms(annotation: Any) -> Test:
    """A test for values of an annotation; annotations that say nothing are met by everything.

    Every record of every run passes it: the test of a class is compiled, as attrs does.
    """
    names = dict(_NAMES)
    return _compiled(f"return {_expression(annotation, names)}", names)


def _compiled(body: str, names: dict[str, Any]) -> Test:
    lines = "".join(f"\n        {line}" for line in body.splitlines())
    source = f"def test(x):\n    try:{lines}\n    except AttributeError:\n        return False"
    exec(source, names)  # noqa: S102 - made of our own texts; values come in by name
    return cast("Test", names["test"])


def _expression(annotation: Any, names: dict[str, Any]) -> str:  # noqa: C901 - a table of cases
    """The text of a test of ``x``; what it refers to is added to ``names``."""

    def name(value: Any) -> str:
        known = f"n{len(names)}"
        names[known] = value
        return known

    if isinstance(annotation, NewType):
        return _expression(annotation.__supertype__, names)
    if annotation in _LEAVES:
        return _LEAVES[annotation]
    if annotation is Entity:
        return f"{name(_is_entity)}(x)"
    origin, arguments = get_origin(annotation) or annotation, get_args(annotation)
    if origin in (Union, UnionType):
        first = sorted(arguments, key=lambda choice: choice is not NoneType)
        return f"({' or '.join(_expression(choice, names) for choice in first)})"
    if origin is Literal:
        return f"x in {name(arguments)}"
    if origin is tuple:
        return _tuple(arguments, name)
    if origin in (*_LISTS, *_SETS):
        classes = "(list, tuple)" if origin in _LISTS else "(frozenset, set)"
        return f"(isinstance(x, {classes}) and all(map({name(_of(arguments))}, x)))"
    if origin in _MAPPINGS:
        return _mapping(arguments, name)
    if isinstance(origin, type) and attrs.has(origin):
        return f"{name(_fields(origin))}(x)"
    if isinstance(origin, type) and (issubclass(origin, enum.Enum) or origin is dt.timedelta):
        return f"isinstance(x, {name(origin)})"
    return "True"


def _of(arguments: tuple[Any, ...]) -> Test:
    return conforms(arguments[0] if arguments else Any)


def _tuple(arguments: tuple[Any, ...], name: Callable[[Any], str]) -> str:
    if len(arguments) == 2 and arguments[1] is Ellipsis:  # noqa: PLR2004 - tuple[X, ...]
        return f"(isinstance(x, tuple) and (not x or all(map({name(_of(arguments))}, x))))"
    tests = [conforms(one) for one in arguments]

    def each(value: tuple[Any, ...]) -> bool:
        return len(value) == len(tests) and all(
            test(item) for test, item in zip(tests, value, strict=True)
        )

    return f"(isinstance(x, tuple) and {name(each)}(x))"


def _mapping(arguments: tuple[Any, ...], name: Callable[[Any], str]) -> str:
    if not arguments or arguments[1] is Any:
        return "isinstance(x, Mapping)"
    key, item = name(conforms(arguments[0])), name(conforms(arguments[1]))
    return (
        "(isinstance(x, Mapping) and (not x or "
        f"(all(map({key}, x)) and all(map({item}, x.values())))))"
    )


def _is_entity(value: Any) -> bool:
    cls = type(value)
    return cls in ENTITIES and _fields(cls)(value)


@cache
def _fields(cls: type[Any]) -> Test:
    test: Test | None = None

    def late(value: Any) -> bool:
        nonlocal test
        if test is None:  # not before: a class may hold values of its own class
            names = {**_NAMES, "cls": cls}
            lines = ["v = x", "if not isinstance(v, cls): return False"]
            for field in _declared(cls):
                expression = _expression(field.type, names)
                if expression != "True":
                    lines += [f"x = v.{field.name}", f"if not {expression}: return False"]
            test = _compiled("\n".join([*lines, "return True"]), names)
        return test(value)

    return late


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


@cache
def _declared(cls: type[Any]) -> "tuple[attrs.Attribute[Any], ...]":
    try:
        found: tuple[attrs.Attribute[Any], ...] = attrs.fields(attrs.resolve_types(cls))
    except (NameError, TypeError):  # names that only a type checker sees: nothing can be said
        return ()
    return found

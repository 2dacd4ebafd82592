"""Reads TOML tables into attrs classes strictly: nothing is converted that was not meant so."""

import datetime as dt
import enum
from collections import abc
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from pathlib import Path
from types import SimpleNamespace, UnionType
from typing import Any, Final, Literal, TypeVar, Union, get_args, get_origin

import attrs
import cattrs
from cattrs.errors import StructureHandlerNotFoundError

from subledger.config.fields import description, duration
from subledger.config.problems import Invalid, Report, did_you_mean, invalid
from subledger.config.secrets import SecretReader
from subledger.errors import ConfigError, Problem
from subledger.guarding import reason_of
from subledger.secret import Secret

T = TypeVar("T")

_WORDS: Final[Mapping[type[Any], str]] = {
    bool: "true or false",
    str: "a text",
    int: "a whole number",
    float: "a number with a point",
    dict: "a table",
    list: "a list",
    dt.datetime: "a date with a time",
    dt.date: "a date",
    dt.time: "a time of day",
}
_SEQUENCES: Final = (list, tuple, set, frozenset, abc.Sequence, abc.Set, abc.Collection)
_MAPPINGS: Final = (dict, abc.Mapping, abc.MutableMapping)


class Structurer:
    """Reads values by type; relative paths are looked for in the secrets' folder.

    Every method raises :class:`Invalid` with all problems; paths start at the value given.
    """

    def __init__(self, secrets: SecretReader) -> None:
        self._secrets = secrets
        self._converter = cattrs.Converter(detailed_validation=False)
        exact: dict[Any, Callable[[Any, Any], Any]] = {
            str: _text,
            int: _whole,
            bool: _strictly(bool),
            float: _number,
            Decimal: _decimal,
            dt.datetime: _strictly(dt.datetime),
            dt.date: _date,
            dt.time: _strictly(dt.time),
            dt.timedelta: _duration,
            enum.Enum: _member,
            Path: lambda value, _cls: secrets.folder / Path(_text(value, str)).expanduser(),
            Secret: lambda value, _cls: secrets.read(value),
        }
        for cls, hook in exact.items():
            self._converter.register_structure_hook(cls, hook)
        self._by_shape(lambda cls: get_origin(cls) in (Union, UnionType), self._union)
        self._by_shape(lambda cls: get_origin(cls) is Literal, _literal)
        self._by_shape(lambda cls: (get_origin(cls) or cls) in _MAPPINGS, self._mapping)
        self._by_shape(lambda cls: (get_origin(cls) or cls) in _SEQUENCES, self._sequence)
        self._by_shape(lambda cls: isinstance(cls, type) and attrs.has(cls), self._object)

    def _by_shape(self, fits: Callable[[Any], bool], hook: Callable[[Any, Any], Any]) -> None:
        self._converter.register_structure_hook_func(fits, hook)

    def read(self, value: object, cls: type[T]) -> T:
        """The value as an instance of ``cls``."""
        result: T = self._any(value, cls)
        return result

    def _any(self, value: object, cls: Any) -> Any:
        try:
            return self._converter.structure(value, cls)
        except StructureHandlerNotFoundError as error:
            raise invalid(f"the plugin asks for {cls!r}, which no text can give") from error

    def _object(self, value: object, cls: type[Any]) -> Any:
        if isinstance(value, cls):
            return value
        if not isinstance(value, Mapping):
            raise _not("a table", value)
        fields = {
            field.alias: field for field in attrs.fields(attrs.resolve_types(cls)) if field.init
        }
        report = Report()
        hints = [self._unknown(key, fields, report) for key in value if key not in fields]
        given: dict[str, Any] = {}
        for key, field in fields.items():
            if key in value:
                found = report.attempt(key, partial(self._any, value[key], field.type))
                if found is not None:
                    given[key] = found
            elif field.default is attrs.NOTHING and not any(repr(key) in hint for hint in hints):
                problem = Problem(path=key, message="is missing", hint=description(field))
                report.problems.append(problem)
        _validate(fields, given, report)
        report.raise_if_any()
        return _made(cls, given)

    @staticmethod
    def _unknown(key: str, possible: abc.Iterable[str], report: Report) -> str:
        hint = did_you_mean(key, possible)
        report.problems.append(Problem(path=key, message="is not a setting", hint=hint))
        return hint

    def _union(self, value: object, cls: Any) -> Any:
        choices = get_args(cls)
        if value is None and type(None) in choices:
            return None
        failures: list[Invalid] = []
        for choice in (choice for choice in choices if choice is not type(None)):
            try:
                return self._any(value, choice)
            except Invalid as error:
                failures.append(error)
        if len(failures) == 1:
            raise failures[0]
        raise invalid(" or ".join(problem.message for one in failures for problem in one.problems))

    def _sequence(self, value: object, cls: Any) -> Any:
        if not isinstance(value, list | tuple | set | frozenset):
            raise _not("a list", value)
        origin, arguments = get_origin(cls) or cls, get_args(cls)
        if origin is tuple and arguments and arguments[-1] is not Ellipsis:
            if len(value) != len(arguments):
                raise invalid(f"has {len(value)} values, not {len(arguments)}")
            kinds = list(arguments)
        else:
            kinds = [arguments[0] if arguments else Any] * len(value)
        report = Report()
        found = [
            report.attempt(f"[{index}]", partial(self._any, item, kind))
            for index, (item, kind) in enumerate(zip(value, kinds, strict=True))
        ]
        report.raise_if_any()
        if origin in (set, frozenset, abc.Set):
            return frozenset(found)
        return found if origin is list else tuple(found)

    def _mapping(self, value: object, cls: Any) -> dict[Any, Any]:
        if not isinstance(value, Mapping):
            raise _not("a table", value)
        key_type, item_type = get_args(cls) or (Any, Any)
        report = Report()
        found = {
            report.attempt(str(key), partial(self._any, key, key_type)): report.attempt(
                str(key), partial(self._any, item, item_type)
            )
            for key, item in value.items()
        }
        report.raise_if_any()
        return found


def _made(cls: type[Any], given: Mapping[str, Any]) -> Any:
    try:
        return cls(**given)
    except ConfigError as error:
        raise Invalid(*error.problems) from error
    except (ValueError, TypeError) as error:
        raise invalid(str(error)) from error
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # sys.exit() in a plugin's validator must not end us
        raise invalid(f"cannot be used: {reason_of(error)}") from error


def _validate(
    fields: Mapping[str, "attrs.Attribute[Any]"], given: Mapping[str, Any], report: Report
) -> None:
    """Runs the validators field by field, so that each names its own field and all are heard."""
    draft = SimpleNamespace(**{fields[key].name: value for key, value in given.items()})
    for key, value in given.items():
        field = fields[key]
        if field.validator is not None and field.converter is None:
            try:
                field.validator(draft, field, value)
            except ValueError as error:
                report.problems.append(Problem(path=key, message=str(error)))
            except KeyboardInterrupt:
                raise
            except BaseException:  # noqa: BLE001, S112 - it looks at other fields, or fails
                continue  # the constructor will tell


def _not(expected: str, value: object) -> Invalid:
    found = next((word for cls, word in _WORDS.items() if isinstance(value, cls)), "another value")
    return invalid(f"is {found}, not {expected}")


def _strictly(cls: type[Any]) -> Callable[[Any, Any], Any]:
    def hook(value: object, _cls: object) -> object:
        if type(value) is not cls:
            raise _not(_WORDS[cls], value)
        return value

    return hook


def _text(value: object, cls: type[Any]) -> Any:
    if issubclass(cls, enum.Enum):
        return _member(value, cls)
    if not isinstance(value, str):
        raise _not(_WORDS[str], value)
    return value


def _whole(value: object, cls: type[Any]) -> Any:
    if issubclass(cls, enum.Enum):
        return _member(value, cls)
    return _strictly(int)(value, cls)


def _number(value: object, _cls: object) -> float:
    if type(value) not in (int, float):
        raise _not("a number", value)
    return float(value)  # type: ignore[arg-type]  # it is one of the two


def _decimal(value: object, _cls: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if type(value) not in (int, str):
        raise invalid("is not exact", 'Write the number in quotes, such as "0.25".')
    try:
        number = Decimal(value)  # type: ignore[arg-type]  # it is one of the two
    except ArithmeticError as error:
        raise invalid(f"{value!r} is not a number") from error
    if not number.is_finite():
        raise invalid(f"{value!r} is not a number")
    return number


def _date(value: object, _cls: object) -> dt.date:
    if type(value) is not dt.date:
        hint = "Write it without quotes, such as 2026-01-31."
        raise Invalid(attrs.evolve(_not("a date", value).problems[0], hint=hint))
    return value


def _duration(value: object, _cls: object) -> dt.timedelta:
    if isinstance(value, dt.timedelta):
        return value
    if not isinstance(value, str):
        raise invalid('is not a length of time such as "15m", "1h" or "60d"')
    try:
        return duration(value)
    except ValueError as error:
        raise invalid(str(error)) from error


def _member(value: object, cls: type[Any]) -> Any:
    if isinstance(value, cls):
        return value
    return cls(_choice(value, [member.value for member in cls]))


def _literal(value: object, cls: Any) -> Any:
    return _choice(value, list(get_args(cls)))


def _choice(value: object, possible: list[Any]) -> Any:
    if value not in possible or type(value) is not type(possible[possible.index(value)]):
        raise invalid(f"{value!r} is not possible", did_you_mean(str(value), map(str, possible)))
    return value

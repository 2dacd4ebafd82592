"""A connection that compiles a constant statement once and then hands it straight to SQLite.

SQLAlchemy looks its compiled form up anew at each execution, which costs several times what SQLite
takes for the statement itself. A statement object that is executed again is a constant of a module;
from then on its text, the order of its parameters and the shape of its rows are remembered. What
cannot be remembered (lists in ``IN``, ORM options, texts) takes SQLAlchemy's own way.
"""

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import Any, Final, cast
from weakref import WeakSet

import sqlalchemy as sa
from attrs import field, frozen
from sqlalchemy.engine.interfaces import Compiled
from sqlalchemy.exc import MultipleResultsFound, NoResultFound
from sqlalchemy.sql.compiler import SQLCompiler

_EXPANDED_LATER: Final = "__[POSTCOMPILE"
_REQUIRED: Final = object()
_NOTHING: Final[Mapping[str, Any]] = {}
_MOST: Final = 2_000
"""Statements that are kept; the kernel has fewer than that."""


class Rows:
    """What a prepared statement returned: the part of SQLAlchemy's result that the kernel uses."""

    __slots__ = ("_rows", "rowcount")

    def __init__(self, rows: list[Any], rowcount: int) -> None:
        self._rows = rows
        self.rowcount = rowcount

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def all(self) -> Sequence[Any]:
        """Every row."""
        return self._rows

    def first(self) -> Any:
        """The first row, or None."""
        return self._rows[0] if self._rows else None

    def one(self) -> Any:
        """The only row. Raises NoResultFound and MultipleResultsFound."""
        if len(self._rows) == 1:
            return self._rows[0]
        if self._rows:
            raise MultipleResultsFound("more than one row was found where one was expected")
        raise NoResultFound("no row was found where one was expected")

    def scalar(self) -> Any:
        """The first column of the first row, or None."""
        return self._rows[0][0] if self._rows else None

    def scalar_one(self) -> Any:
        """The first column of the only row. Raises as :meth:`one`."""
        return self.one()[0]


@frozen
class _Prepared:
    """A statement ready for the driver: its text, its parameters in order, its rows made.

    ``values`` raises KeyError for a parameter that is missing.
    """

    sql: str
    values: Callable[[Mapping[str, Any]], Sequence[Any]]
    row: Callable[[Sequence[Any]], Any] | None


@frozen
class _Known:
    """The prepared forms of one statement, by the names of the parameters it was given."""

    statement: Any
    forms: dict[tuple[str, ...], _Prepared | None] = field(factory=dict)


_seen: Final[WeakSet[Any]] = WeakSet()
_known: Final[dict[int, _Known]] = {}
"""What the process has learnt: a prepared form is a matter of the dialect, not of a connection."""


class PreparedConnection(sa.Connection):
    """A SQLite connection on which constant statements run prepared."""

    def __init__(self, engine: sa.Engine) -> None:
        super().__init__(engine)
        self._driver = cast("sqlite3.Connection", self.connection.driver_connection)

    def execute(self, statement: Any, parameters: Any = None, **more: Any) -> Any:
        """As :meth:`sqlalchemy.Connection.execute`."""
        known = _known.get(id(statement)) or _learn(statement)
        if known is None:
            return super().execute(statement, parameters, **more)
        many = isinstance(parameters, list)
        given: Mapping[str, Any] = (parameters[0] if many else parameters) or _NOTHING
        names = tuple(given)
        if names not in known.forms:
            known.forms[names] = _prepare(statement, names, self.dialect)
        prepared = known.forms[names]
        if prepared is None or more or (many and prepared.row is not None):
            return super().execute(statement, parameters, **more)
        if many:
            done = self._driver.executemany(prepared.sql, map(prepared.values, parameters))
            return Rows([], done.rowcount)
        done = self._driver.execute(prepared.sql, prepared.values(given))
        if prepared.row is None:
            return Rows([], done.rowcount)
        rows = done.fetchall()
        return Rows([*map(prepared.row, rows)], len(rows))


def _learn(statement: Any) -> _Known | None:
    """Keeps a statement that is executed again; None at its first time."""
    if statement not in _seen:
        _seen.add(statement)
        return None
    if len(_known) >= _MOST:
        _known.clear()
    known = _known[id(statement)] = _Known(statement)  # kept, so that its id stays its own
    return known


def _prepare(statement: Any, names: tuple[str, ...], dialect: sa.Dialect) -> _Prepared | None:
    """The prepared form of a statement; None where it cannot be prepared."""
    if not isinstance(statement, sa.Select | sa.CompoundSelect | sa.Insert | sa.Update | sa.Delete):
        return None
    compiled: Compiled = statement.compile(dialect=dialect, column_keys=list(names) or None)
    if not isinstance(compiled, SQLCompiler) or _EXPANDED_LATER in str(compiled):
        return None
    order = [_parameter(compiled, name, dialect) for name in compiled.positiontup or ()]
    if any(parameter is None for parameter in order):
        return None
    known = [parameter for parameter in order if parameter is not None]
    return _Prepared(str(compiled), _values(known, names), _row_maker(statement, dialect))


def _values(
    order: Sequence[tuple[str, Any, Callable[[Any], Any] | None]], names: Sequence[str]
) -> Callable[[Mapping[str, Any]], Sequence[Any]]:
    """What puts the parameters in order; those that are not given are the statement's own."""
    own: list[Any] = []
    asked = []
    for place, (name, value, convert) in enumerate(order):
        given = value is _REQUIRED or name in names
        own.append(value if given or convert is None else convert(value))
        if given:
            asked.append((place, name, convert))
    if len(asked) == len(order) > 1 and not any(convert for _, _, convert in asked):
        return itemgetter(*(name for name, _, _ in order))

    def values(given: Mapping[str, Any]) -> Sequence[Any]:
        found = own.copy()
        for place, name, convert in asked:
            value = given[name]
            found[place] = value if convert is None else convert(value)
        return found

    return values


def _parameter(
    compiled: SQLCompiler, name: str, dialect: sa.Dialect
) -> tuple[str, Any, Callable[[Any], Any] | None] | None:
    bind = compiled.binds[name]
    if bind.callable is not None:
        return None
    convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
    return name, _REQUIRED if bind.required else bind.value, convert


def _row_maker(statement: Any, dialect: sa.Dialect) -> Callable[[Sequence[Any]], Any] | None:
    columns = list(statement.exported_columns)
    if not columns:
        return None
    names = [str(column.key) for column in columns]
    shape: Callable[..., Any] = namedtuple  # noqa: PYI024 - its names are known only now
    row_of = shape("Row", names, rename=True)
    make: Callable[[Sequence[Any]], Any] = partial(tuple.__new__, row_of)  # as _make, but in C
    convert = [_reader(column.type, dialect) for column in columns]
    special = [(index, one) for index, one in enumerate(convert) if one is not None]
    if not special:
        return make

    def converted(row: Sequence[Any]) -> Any:
        values = list(row)
        for index, one in special:
            values[index] = one(values[index])
        return make(values)

    return converted


def _reader(type_: Any, dialect: sa.Dialect) -> Callable[[Any], Any] | None:
    found: Callable[[Any], Any] | None = type_.dialect_impl(dialect).result_processor(dialect, None)
    return found

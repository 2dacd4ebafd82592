"""A statement answered: narrow by the table's columns, test the rest, order, cut the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field

from subledger_quickbooks_online.simulator.company import rates
from subledger_quickbooks_online.simulator.company.books import (
    JSON,
    SECOND,
    Books,
    Stored,
)
from subledger_quickbooks_online.simulator.company.codec import loads
from subledger_quickbooks_online.simulator.company.kinds import KINDS, SPELLING, Kind
from subledger_quickbooks_online.simulator.company.present import shown

from .match import Test, compile_test, sort_key
from .parse import Query, invalid, parse
from .properties import Property, resolve, top

_ENVELOPE = frozenset({"Id", "domain", "sparse"})
_COUNTED = frozenset({"Invoice", "PurchaseOrder"})
_ONLY_ON_WISH = {"Item": "Sku"}
_PSEUDO = 3
_COLUMNS: Mapping[tuple[str, ...], str] = {
    ("Id",): "id",
    ("DocNumber",): "doc_number",
    ("TxnDate",): "date",
    ("MetaData", "LastUpdatedTime"): f"modified/{SECOND}",
    ("MetaData", "CreateTime"): f"created/{SECOND}",
}
_ORDERS = {**_COLUMNS, ("Id",): "number"}


@define(kw_only=True)
class _Narrowed:
    """The part of a statement that SQL answers, and the tests that are left."""

    where: list[str]
    values: list[Any]
    tests: list[Test] = field(factory=list)


def answer(books: Books, statement: str) -> JSON:
    """The value of QueryResponse."""
    query = parse(statement)
    if query.entity.casefold() == "exchangerate":
        return _rates(books, query)
    kind = KINDS.get(SPELLING.get(query.entity.casefold(), ""))
    if kind is None:
        raise invalid(f"Entity {query.entity} not found")
    narrowed = _narrow(books, kind, query)
    orders = [
        (resolve(kind.entity, path, books.behaviour), descending)
        for path, descending in query.orders
    ]
    for name in query.fields:
        if name != "*":
            top(kind.entity, name)
    lag = books.behaviour.query_lag_seconds
    if query.is_count:
        return {"totalCount": _count(books, narrowed, lag)}
    if not lag and not narrowed.tests and (orders or kind.is_transaction) and _in_sql(orders):
        rows, total = _page_by_sql(books, narrowed, orders, query)
    else:
        rows, total = _page_by_hand(books, kind, narrowed, orders, query)
    return _response(books, kind, query, rows, total)


def _rates(books: Books, query: Query) -> JSON:
    """Exchange rates are no stored objects: asked for by currency and day, with =."""
    codes, day = rates.codes(books), books.today
    for condition in query.conditions:
        name, values = condition.path.casefold(), condition.values
        if name not in {"sourcecurrencycode", "asofdate"}:
            raise invalid(f"property '{condition.path}' is not queryable")
        if condition.operator != "=":
            raise invalid(
                f"operator {condition.operator} is not supported for property {condition.path}"
            )
        if name == "asofdate":
            day = books.today if values[0] == "current_date" else values[0]
        else:
            codes = [code for code in codes if code == values[0].upper()]
    if query.is_count:
        return {"totalCount": len(codes)}
    found = [rates.rate(books, code, day) for code in codes[query.start - 1 :][: query.page]]
    if not found:
        return {}
    return {"ExchangeRate": found, "startPosition": query.start, "maxResults": len(found)}


def _narrow(books: Books, kind: Kind, query: Query) -> _Narrowed:
    found = _Narrowed(where=["entity=?"], values=[kind.entity])
    has_active = False
    for condition in query.conditions:
        prop = resolve(kind.entity, condition.path, books.behaviour)
        has_active = has_active or prop.path == ("Active",)
        test = compile_test(books, kind.entity, condition, prop)
        column = _COLUMNS.get(prop.path)
        if prop.path == (kind.name,) and test.operator in {"=", "in"}:
            column = "name"
        if column is None or test.operator == "like" or books.behaviour.query_lag_seconds:
            found.tests.append(test)
        elif prop.kind == "moment":
            _narrow_moment(found, prop, test)
        elif test.operator == "in":
            found.where.append(f"{column} IN ({','.join('?' * len(test.values))})")
            found.values.extend(test.values)
        elif test.operator == "!=":
            found.where.append(f"{column} IS NOT ?")
            found.values.extend(test.values)
        else:
            found.where.append(f"{column}{test.operator}?")
            found.values.extend(test.values)
    if kind.family in {"party", "list"} and not has_active:
        found.where.append("active")
    return found


def _narrow_moment(found: _Narrowed, prop: Property, test: Test) -> None:
    """Moments compare by the second, while the table keeps microseconds and an index on them."""
    column = "created" if prop.path[1] == "CreateTime" else "modified"
    ranges = [(value * SECOND, (value + 1) * SECOND) for value in test.values]
    within = " OR ".join(f"({column}>=? AND {column}<?)" for _ in ranges)
    first, after = ranges[0]
    clause, values = {
        ">=": (f"{column}>=?", [first]),
        ">": (f"{column}>=?", [after]),
        "<": (f"{column}<?", [first]),
        "<=": (f"{column}<?", [after]),
        "!=": (f"NOT ({within})", [first, after]),
    }.get(test.operator, (f"({within})", [edge for each in ranges for edge in each]))
    found.where.append(clause)
    found.values.extend(values)


def _in_sql(orders: list[tuple[Property, bool]]) -> bool:
    return all(found.path in _ORDERS for found, _ in orders)


def _count(books: Books, narrowed: _Narrowed, lag: int) -> int:
    if narrowed.tests or lag:
        return len(_matching(books, narrowed))
    where = " AND ".join(narrowed.where)
    return int(books.store.value(f"SELECT count(*) FROM object WHERE {where}", narrowed.values))


def _matching(books: Books, narrowed: _Narrowed) -> list[Stored]:
    rows = books.find(" AND ".join(narrowed.where), tuple(narrowed.values))
    lagging = books.behaviour.query_lag_seconds
    seen = (_earlier(books, each) for each in rows) if lagging else rows
    return [
        each
        for each in seen
        if each is not None and all(test.accepts(books, each) for test in narrowed.tests)
    ]


def _earlier(books: Books, stored: Stored) -> Stored | None:
    """The object as a lagging index still has it, None where it does not have it yet."""
    if stored.modified <= books.micros - books.behaviour.query_lag_seconds * SECOND:
        return stored
    before = books.store.value(
        "SELECT before FROM object WHERE entity=? AND id=?", (stored.entity, stored.id)
    )
    if before is None:
        return None
    token, modified, body = loads(before)
    return Stored(
        entity=stored.entity,
        id=stored.id,
        body=loads(body),
        sync_token=token,
        created=stored.created,
        modified=modified,
        active=stored.active,
    )


def _page_by_sql(
    books: Books, narrowed: _Narrowed, orders: list[tuple[Property, bool]], query: Query
) -> tuple[list[Stored], int]:
    where = " AND ".join(narrowed.where)
    terms = [f"{_ORDERS[found.path]}{' DESC' if down else ''}" for found, down in orders]
    terms.append("number DESC" if not orders else "number")
    rows = books.find(
        f"{where} ORDER BY {','.join(terms)} LIMIT ? OFFSET ?",
        (*narrowed.values, query.page, query.start - 1),
    )
    return list(rows), _count(books, narrowed, 0)


def _page_by_hand(
    books: Books,
    kind: Kind,
    narrowed: _Narrowed,
    orders: list[tuple[Property, bool]],
    query: Query,
) -> tuple[list[Stored], int]:
    rows = _matching(books, narrowed)
    if kind.family in {"party", "list"}:
        rows.sort(key=lambda each: _alphabet(kind, each))
    else:
        rows.sort(key=lambda each: int(each.id), reverse=True)
    for found, descending in reversed(orders):
        rows.sort(key=lambda each, by=found: sort_key(books, each, by), reverse=descending)  # type: ignore[misc]
    first = query.start - 1
    page = query.page
    if kind.entity == "TaxCode" and page == 1 and books.behaviour.tax_code_quirk:
        page += _PSEUDO
    return rows[first : first + page], len(rows)


def _alphabet(kind: Kind, stored: Stored) -> tuple[bool, str]:
    """The pseudo tax codes, whose Ids are words, come before the alphabet."""
    name = stored.body.get("FullyQualifiedName") or stored.body.get(kind.name, "")
    return stored.id.isdigit(), str(name).casefold()


def _response(books: Books, kind: Kind, query: Query, rows: list[Stored], total: int) -> JSON:
    if not rows:
        return {}
    found: JSON = {
        kind.entity: [_projected(kind, query, shown(books, each)) for each in rows],
        "startPosition": query.start,
        "maxResults": len(rows),
    }
    policy = books.behaviour.total_count
    if policy == "always" or (policy == "recorded" and kind.entity in _COUNTED):
        found["totalCount"] = total
    return found


def _projected(kind: Kind, query: Query, whole: JSON) -> JSON:
    fields = {top(kind.entity, name) for name in query.fields if name != "*"}
    if "*" in query.fields:
        hidden = _ONLY_ON_WISH.get(kind.entity)
        return {name: value for name, value in whole.items() if name != hidden or name in fields}
    kept = fields | _ENVELOPE
    return {name: value for name, value in whole.items() if name in kept} | {"sparse": True}

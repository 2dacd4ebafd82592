"""The values of an answer: results with their status, records as nested dicts of strings."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

from attrs import evolve, frozen
from lxml import etree

from subledger_quickbooks_desktop.wire.schema import answer_shapes, mixed_records

Record = dict[str, Any]

ORDER: Final = "#order"
NAME: Final = "#name"
"""Key of the element's own name, in records of answers that mix several sorts."""
_NONE: Final[frozenset[str]] = frozenset()


@frozen(kw_only=True)
class Result:
    """The answer to one request; `request` is the element name that was sent, as `CheckAddRq`.

    `status_code` is -1 where QuickBooks gave none. `records` are the returned objects, or the plain
    fields of an answer that has no object (a deletion). `recovery` holds the ids of ErrorRecovery.
    A result that comes from a stream has no `records`, only their `count`.
    """

    request: str
    request_id: str = ""
    status_code: int = -1
    severity: str = ""
    message: str = ""
    iterator_id: str = ""
    remaining: int | None = None
    expected: int | None = None
    count: int = 0
    records: tuple[Record, ...] = ()
    recovery: Record | None = None


@frozen(kw_only=True)
class Answer:
    """One message set answered; set id and status only where error recovery was asked for."""

    set_id: str = ""
    set_status: int | None = None
    results: tuple[Result, ...] = ()


@frozen
class Row:
    """One record of a stream together with the head of the result that it belongs to."""

    result: Result
    record: Record


def many(record: Mapping[str, Any], name: str) -> list[Any]:
    """Return the values of a child as a list, whether it is absent, single or repeated."""
    value = record.get(name)
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def lines(record: Mapping[str, Any], *names: str) -> Iterator[tuple[str, Any]]:
    """Yield the children of these names with their name, in the order of the document.

    That order carries meaning where kinds of lines alternate: debits and credits of a journal
    entry, single lines and groups of a sale.
    """
    rest = {name: iter(many(record, name)) for name in names}
    for name in record.get(ORDER, ()):
        for value in islice(rest.get(name, ()), 1):
            yield name, value
    for name, values in rest.items():
        for value in values:
            yield name, value


def record_of(element: etree._Element) -> Record:
    """Turn an element into a dict: text as str, children as dict, repeatable children as list.

    Elements the schema does not know are kept; they become a list when they repeat. Only report
    elements carry attributes: they appear as `@name`, their text as `#text`.
    """
    if element.tag == "ReportRet":
        return _with_attributes(element)
    record = _plain(element, *answer_shapes())
    if element.tag in mixed_records():
        record[NAME] = str(element.tag)
    return record


def _plain(
    element: etree._Element,
    repeats: Mapping[str, frozenset[str]],
    orders: Mapping[str, frozenset[str]],
) -> Record:
    record: Record = {}
    tag: Any = element.tag
    repeatable = repeats.get(tag, _NONE)
    for child in element:
        name: Any = child.tag
        value: Any = _plain(child, repeats, orders) if len(child) else child.text or ""
        if name in record:
            held = record[name]
            if type(held) is list:
                held.append(value)
            else:
                record[name] = [held, value]
        elif name in repeatable:
            record[name] = [value]
        else:
            record[name] = value
    if tag in orders and len(orders[tag] & record.keys()) > 1:
        record[ORDER] = [child.tag for child in element if child.tag in orders[tag]]
    return record


def _with_attributes(element: etree._Element) -> Record:
    record: Record = {f"@{name}": value for name, value in element.attrib.items()}
    for child in element.iterchildren("*"):
        value: Any = _with_attributes(child) if len(child) or child.attrib else (child.text or "")
        name = str(child.tag)
        record[name] = [*many(record, name), value] if name in record else value
    if not len(element):
        record["#text"] = element.text or ""
    return record


def result_of(element: etree._Element) -> Result:
    """Read a whole answer element, such as `CheckAddRs`."""
    records: list[Record] = []
    recovery: Record | None = None
    fields: Record = {}
    for child in element.iterchildren("*"):
        if child.tag == "ErrorRecovery":
            recovery = record_of(child)
        elif len(child):
            records.append(record_of(child))
        else:
            fields[str(child.tag)] = child.text or ""
    if fields:
        records.append(fields)
    return evolve(head_of(element), records=tuple(records), count=len(records), recovery=recovery)


def head_of(element: etree._Element) -> Result:
    """Read the attributes of an answer element; its records are not looked at."""
    attributes = element.attrib
    status = _number(attributes.get("statusCode"))
    return Result(
        request=str(element.tag).removesuffix("Rs") + "Rq",
        request_id=attributes.get("requestID", ""),
        status_code=-1 if status is None else status,
        severity=attributes.get("statusSeverity", ""),
        message=attributes.get("statusMessage", ""),
        iterator_id=attributes.get("iteratorID", ""),
        remaining=_number(attributes.get("iteratorRemainingCount")),
        expected=_number(attributes.get("retCount")),
    )


def set_head(element: etree._Element) -> Answer:
    """Read the attributes of QBXMLMsgsRs."""
    return Answer(
        set_id=element.get("newMessageSetID", ""),
        set_status=_number(element.get("messageSetStatusCode")),
    )


def _number(text: str | None) -> int | None:
    try:
        return int(text) if text else None
    except ValueError:
        return None

"""Pages of a list: fixed sizes, ``page`` alone, and a ``meta`` that some lists do not have."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

from .model import Record
from .request import Call, Reply

Meta = Literal["none", "short", "long"]
"""No ``meta``; page and pages; entries and page size as well."""


def in_order(call: Call, records: Iterable[Any]) -> list[Any]:
    """Records, which come in the order of their ids, in the order of unsorted lists."""
    rows = list(records)
    if call.simulation.behaviour.order == "newest":
        rows.reverse()
    return rows


def in_asked_order(call: Call, records: Iterable[Any], fields: Iterable[str]) -> list[Any]:
    """Records in the order of ``sort`` ("created_at DESC"); a field not known sorts nothing."""
    name, _, direction = call.text("sort").partition(" ")
    rows = in_order(call, records)
    if name not in fields:
        return rows
    return sorted(
        rows,
        key=lambda row: ((value := getattr(row, name)) is not None and (1, value)) or (0,),
        reverse=direction.upper() == "DESC",
    )


def page_number(call: Call) -> int:
    """The page that is asked for; anything but a positive number is the first."""
    text = call.text("page")
    return max(int(text), 1) if text.isdecimal() else 1


def page(
    call: Call,
    name: str,
    records: Sequence[Record],
    show: Callable[[Any], dict[str, Any]],
    meta: Meta,
) -> Reply:
    """One page as ``{name: [...], "meta": {...}}``."""
    behaviour, number = call.simulation.behaviour, page_number(call)
    size = behaviour.page_sizes[name]
    pages = max(-(-len(records) // size), 1)
    wanted = min(number, pages) if behaviour.past_the_end == "repeat" else number
    rows = [show(one) for one in records[(wanted - 1) * size : wanted * size]]
    body: dict[str, Any] = {name: rows}
    if meta == "short":
        body["meta"] = {"total_pages": pages, "page": number}
    elif meta == "long":
        body["meta"] = {
            "total_pages": pages,
            "total_entries": len(records),
            "per_page": size,
            "page": number,
        }
    return Reply(body=body, is_list=True)


def searchable(call: Call, record: Record) -> bool:
    """Whether the search index knows a record already."""
    age = (call.now - record.created_at).total_seconds()
    return age >= call.simulation.behaviour.search_lag_seconds


def matches(call: Call, record: Record, *texts: str | None) -> bool:
    """Whether ``query`` is empty or stands in one of the texts, in any case."""
    wanted = call.text("query").casefold()
    if not wanted:
        return True
    return searchable(call, record) and any(wanted in text.casefold() for text in texts if text)

"""Rules of QuickBooks that its published schema does not know; each yields (path, rule, detail)."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Final

from lxml import etree

from subledger_quickbooks_desktop.wire.requests import CLEAR_ALL, MAX_SET_ID
from subledger_quickbooks_desktop.wire.text import is_storable, stored_length

Found = tuple[str, str, str]

MAX_REQUEST_ID: Final = 50
_NEEDS_LINES: Final = {
    "CheckAdd": ("ExpenseLineAdd", "ItemLineAdd", "ItemGroupLineAdd"),
    "CreditCardChargeAdd": ("ExpenseLineAdd", "ItemLineAdd", "ItemGroupLineAdd"),
    "CreditCardCreditAdd": ("ExpenseLineAdd", "ItemLineAdd", "ItemGroupLineAdd"),
    "BillAdd": ("ExpenseLineAdd", "ItemLineAdd", "ItemGroupLineAdd", "LinkToTxnID"),
    "VendorCreditAdd": ("ExpenseLineAdd", "ItemLineAdd", "ItemGroupLineAdd"),
    "DepositAdd": ("DepositLineAdd",),
}


def check(request: etree._Element, path: str) -> Iterator[Found]:
    """Apply the rules to one request."""
    yield from _request_id(request, path)
    yield from _iterator(request, path)
    body = request.find(str(request.tag).removesuffix("Rq"))
    if body is not None:
        inner = f"{path}/{body.tag!s}"
        yield from _name(body, inner)
        yield from _lines(body, inner)
        if body.tag == "JournalEntryAdd":
            yield from _balance(body, inner)
    yield from _references(request, path)


def check_set_ids(message_set: etree._Element, path: str) -> Iterator[Found]:
    """Apply the limit on the ids of message sets (error recovery stores 23 characters)."""
    for key in ("newMessageSetID", "oldMessageSetID"):
        value = message_set.get(key, "")
        if len(value) > MAX_SET_ID and not (key.startswith("old") and value == CLEAR_ALL):
            yield f"{path}/@{key}", "set-id", f"{len(value)} characters, at most {MAX_SET_ID}"


def check_text(kind: str, text: str) -> Iterator[tuple[str, str]]:
    """Apply the rules on the text of one field; yields (rule, detail)."""
    if kind.startswith("s"):
        if text.isascii() and text.isprintable():
            return
        limit = int(kind[1:] or 0)
        if limit and stored_length(text) > limit:
            yield "newlines", f"{stored_length(text)} characters with newlines as two"
        if not is_storable(text):
            yield "characters", "QuickBooks cannot store all of its characters"
    elif text != text.strip():
        yield "white-space", "white space around a value"
    elif kind == "date" and text and len(text) != len("2026-08-05"):
        yield "time-zone", "a date carries no time zone"


def _request_id(request: etree._Element, path: str) -> Iterator[Found]:
    identifier = request.get("requestID", "")
    if len(identifier) > MAX_REQUEST_ID:
        detail = f"{len(identifier)} characters, at most {MAX_REQUEST_ID}"
        yield f"{path}/@requestID", "request-id", detail


def _iterator(request: etree._Element, path: str) -> Iterator[Found]:
    step = request.get("iterator")
    if step is None:
        return
    if step != "Stop" and request.find("MaxReturned") is None:
        yield f"{path}/@iterator", "iterator", "it needs MaxReturned"
    if step != "Start" and not request.get("iteratorID"):
        yield f"{path}/@iterator", "iterator", f"{step} needs an iteratorID"


def _name(body: etree._Element, path: str) -> Iterator[Found]:
    name = body.findtext("Name")
    if name is None:
        return
    if ":" in name:
        yield f"{path}/Name", "colon", "a colon separates levels, it cannot be part of a name"
    if not name.strip():
        yield f"{path}/Name", "name", "a name cannot be empty"


def _lines(body: etree._Element, path: str) -> Iterator[Found]:
    names = _NEEDS_LINES.get(str(body.tag))
    if names and all(body.find(name) is None for name in names):
        yield path, "lines", "it has no line"


def _balance(body: etree._Element, path: str) -> Iterator[Found]:
    try:
        debits, credits_ = (
            sum((Decimal(text or "0") for text in map(_amount, body.iterfind(name))), Decimal(0))
            for name in ("JournalDebitLine", "JournalCreditLine")
        )
    except InvalidOperation:
        return  # the form of the amount is reported where it stands
    if debits != credits_:
        yield path, "balance", f"debits of {debits} and credits of {credits_} are not equal"


def _amount(line: etree._Element) -> str:
    return (line.findtext("Amount") or "").strip()


def _references(request: etree._Element, path: str) -> Iterator[Found]:
    may_clear = str(request.tag).endswith("ModRq")
    for reference in request.iter("*"):
        if not str(reference.tag).endswith("Ref"):
            continue
        given = [child.tag for child in reference if child.tag in {"ListID", "FullName"}]
        filled = [child for child in reference if (child.text or "").strip()]
        where = path + _steps(reference, request)
        if len(filled) > 1 and len(set(given)) > 1:
            yield where, "reference", "it has both ListID and FullName"
        elif not filled and not (may_clear and given):
            yield where, "reference", "it is empty"


def _steps(element: etree._Element, top: etree._Element) -> str:
    names: list[str] = []
    node: etree._Element | None = element
    while node is not None and node is not top:
        names.append(str(node.tag))
        node = node.getparent()
    return "".join(f"/{name}" for name in reversed(names))

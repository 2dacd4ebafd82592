"""Rules of QuickBooks that its published schema does not know; each yields where, rule, detail."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from lxml import etree

from subledger_quickbooks_desktop.wire.requests import CLEAR_ALL, MAX_SET_ID
from subledger_quickbooks_desktop.wire.text import is_storable, stored_length

Found = tuple[Any, str, str]  # the element, the rule, the detail

MAX_REQUEST_ID: Final = 50
_LINES: Final = ("ExpenseLineAdd", "ItemLineAdd", "ItemGroupLineAdd")
_NEEDS_LINES: Final = {
    "CheckAdd": _LINES,
    "CreditCardChargeAdd": _LINES,
    "CreditCardCreditAdd": _LINES,
    "BillAdd": (*_LINES, "LinkToTxnID"),
    "VendorCreditAdd": _LINES,
    "DepositAdd": ("DepositLineAdd",),
}


def check(request: etree._Element) -> Iterator[Found]:
    """Apply the rules to one request."""
    yield from _request_id(request)
    yield from _iterator(request)
    body = request.find(str(request.tag).removesuffix("Rq"))
    if body is not None:
        yield from _name(body)
        yield from _lines(body)
        if body.tag == "JournalEntryAdd":
            yield from _balance(body)


def check_set_ids(message_set: etree._Element) -> Iterator[Found]:
    """Apply the limit on the ids of message sets (error recovery stores 23 characters)."""
    for key in ("newMessageSetID", "oldMessageSetID"):
        value = message_set.get(key, "")
        if len(value) > MAX_SET_ID and not (key.startswith("old") and value == CLEAR_ALL):
            detail = f"{key} has {len(value)} characters, at most {MAX_SET_ID}"
            yield message_set, "set-id", detail


def check_text(kind: str, text: str) -> tuple[str, str] | None:
    """Apply the rules on the text of one field; returns rule and detail, or None."""
    if kind[0] == "s":
        if text.isascii() and text.isprintable():
            return None
        limit = int(kind[1:] or 0)
        if limit and stored_length(text) > limit:
            return "newlines", f"{stored_length(text)} characters with newlines as two"
        if not is_storable(text):
            return "characters", "QuickBooks cannot store all of its characters"
    elif text != text.strip():
        return "white-space", "white space around a value"
    elif kind == "date" and text and len(text) != len("2026-08-05"):
        return "time-zone", "a date carries no time zone"
    return None


def _request_id(request: etree._Element) -> Iterator[Found]:
    length = len(request.get("requestID", ""))
    if length > MAX_REQUEST_ID:
        detail = f"requestID has {length} characters, at most {MAX_REQUEST_ID}"
        yield request, "request-id", detail


def _iterator(request: etree._Element) -> Iterator[Found]:
    step = request.get("iterator")
    if step is None:
        return
    if step != "Stop" and request.find("MaxReturned") is None:
        yield request, "iterator", "an iterator needs MaxReturned"
    if step != "Start" and not request.get("iteratorID"):
        yield request, "iterator", f"iterator {step} needs an iteratorID"


def _name(body: etree._Element) -> Iterator[Found]:
    name = body.find("Name")
    if name is None:
        return
    if ":" in (name.text or ""):
        yield name, "colon", "a colon separates levels, it cannot be part of a name"
    if not (name.text or "").strip():
        yield name, "name", "a name cannot be empty"


def _lines(body: etree._Element) -> Iterator[Found]:
    names = _NEEDS_LINES.get(str(body.tag))
    if names and all(body.find(name) is None for name in names):
        yield body, "lines", "it has no line"


def _balance(body: etree._Element) -> Iterator[Found]:
    try:
        debits, credits_ = (
            sum((Decimal(text or "0") for text in map(_amount, body.iterfind(name))), Decimal(0))
            for name in ("JournalDebitLine", "JournalCreditLine")
        )
    except InvalidOperation:
        return  # the form of the amount is reported where it stands
    if debits != credits_:
        yield body, "balance", f"debits of {debits} and credits of {credits_} are not equal"


def _amount(line: etree._Element) -> str:
    return (line.findtext("Amount") or "").strip()


def check_reference(reference: etree._Element, *, may_clear: bool) -> str:
    """Return what is wrong with a reference, "" if nothing; a change may clear it by empty text."""
    filled = sum(bool((child.text or "").strip()) for child in reference.iterchildren("*"))
    if filled > 1:
        return "it has both ListID and FullName"
    if not filled and not (may_clear and len(reference)):
        return "it is empty"
    return ""

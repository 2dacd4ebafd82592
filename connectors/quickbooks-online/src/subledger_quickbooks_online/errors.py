"""What QuickBooks Online answers when it refuses, and what that means: one table."""

import enum
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from attrs import frozen

from subledger.errors import AuthenticationError, ConnectorError, RecordRejected, TemporaryError
from subledger.findings import Finding
from subledger_quickbooks_online.wire.faults import Fault


class Fate(enum.IntEnum):
    """What an error calls for; of several errors in one answer the highest counts."""

    REFUSED = 1
    """This document cannot be posted as it is."""
    TAKEN_NAME = 2
    """The name is in use: look at who has it."""
    TAKEN_NUMBER = 3
    """The number is in use: look at the document that has it."""
    GONE = 4
    """Something named is gone or inactive: the document itself, or what it refers to."""
    STALE = 5
    """Somebody changed it in between: read it again."""
    LATER = 6
    """Nothing was done; the same may work later."""
    UNKNOWN = 7
    """It may or may not have been done."""
    THROTTLED = 8
    """Too many requests: the whole company waits."""
    STOP = 9
    """The connection is down until a person acts."""
    RENEW = 10
    """The access token is not accepted."""


@frozen
class Row:
    """One code: its fate, the category of the finding, the cause in plain words and the hint."""

    fate: Fate
    category: str
    message: str
    hint: str = ""


class Lost(TemporaryError):  # noqa: N818 - the name is the fate of the answer
    """No whole answer came: it is not known whether QuickBooks acted."""


_RECONNECT = "Run `subledger connect`; mappings and history are kept."
_REPORT = "Report it with the detail; the document was not posted."
_MAP = "Map to an entry that exists, or create it in QuickBooks, then retry."
_CORRECT = "Correct the field in the source, then retry."
_IN_BOOKS = "Solve it in QuickBooks, then retry, or skip the record."
_WAIT = "It is tried again by itself."

_STOP, _REFUSED, _LATER = Fate.STOP, Fate.REFUSED, Fate.LATER


def _stop(message: str, hint: str = _RECONNECT, category: str = "auth_expired") -> Row:
    return Row(_STOP, category, message, hint)


def _no(category: str, message: str, hint: str = "") -> Row:
    return Row(_REFUSED, category, message, hint)


def _ours(message: str) -> Row:
    return Row(_REFUSED, "validation", message, _REPORT)


_ROWS: Mapping[str, Row] = {
    "3200": Row(
        Fate.RENEW, "auth_expired", "QuickBooks does not accept the access token.", _RECONNECT
    ),
    "3100": _stop(
        "The app is not authorised for this company.",
        "Check environment and realm of the connection, then connect QuickBooks again.",
    ),
    "3001": Row(Fate.THROTTLED, "rate_limited", "QuickBooks asked us to slow down.", _WAIT),
    "100": _stop("The authorisation failed."),
    "110": _stop("The user who connected is no longer an administrator of the company."),
    "120": _stop("The user who connected was removed from the company."),
    "130": Row(_LATER, "unavailable", "QuickBooks is moving the company.", _WAIT),
    "140": _stop("QuickBooks locked the user out after too many attempts."),
    "150": Row(_LATER, "unavailable", "QuickBooks is down for maintenance.", _WAIT),
    "500": _no(
        "feature_off",
        "QuickBooks does not support this operation for the company.",
        "Check whether the company's subscription has this feature.",
    ),
    "600": Row(
        Fate.UNKNOWN, "unknown_outcome", "QuickBooks knows this request from an earlier try."
    ),
    "610": Row(
        Fate.GONE,
        "mapping_stale",
        "Something that the document names is inactive or deleted in QuickBooks.",
        "Make it active again, or map to another entry, then retry.",
    ),
    "620": _no(
        "validation",
        "The payment cannot be linked to that document: it is paid, void or another customer's.",
        _IN_BOOKS,
    ),
    "630": _no("duplicate_document", "QuickBooks already holds such an object."),
    "800": _no("validation", "Other documents depend on it.", _IN_BOOKS),
    "1040": _ours("The batch is too large."),
    "2010": _ours("QuickBooks does not know a property of the request."),
    "2020": _no("validation", "A required value is missing.", _CORRECT),
    "2030": _ours("An identifier is not valid."),
    "2040": _no("validation", "A text cannot be stored.", _CORRECT),
    "2050": _no("validation", "A text is too long or too short.", _CORRECT),
    "2060": _no("validation", "A date is not valid.", _CORRECT),
    "2070": _no("validation", "A date is out of range.", _CORRECT),
    "2080": _no("validation", "A number is not valid.", _CORRECT),
    "2090": _no("validation", "A number is out of range.", _CORRECT),
    "2100": _no("validation", "A number is not valid.", _CORRECT),
    "2110": _no("validation", "A number is out of range.", _CORRECT),
    "2120": _ours("A type is not valid."),
    "2130": _ours("The format of the request's identifier is not valid."),
    "2140": _no("validation", "An amount is not valid.", _CORRECT),
    "2170": _ours("A word is not one that QuickBooks knows."),
    "2200": _no("validation", "A web address is not valid.", _CORRECT),
    "2210": _no("validation", "An e-mail address is not valid.", _CORRECT),
    "2220": _no("currency", "The currency is not valid."),
    "2250": _no("validation", "The document has no lines.", _CORRECT),
    "2260": _ours("A journal line has no posting type."),
    "2270": _ours("A line is not complete."),
    "2280": _ours("A line is not complete."),
    "2290": _no("validation", "A line's amount is negative, which this document does not take."),
    "2300": _ours("The debits of the journal entry are not equal to its credits."),
    "2500": _no("mapping_missing", "QuickBooks does not have an entry that is named.", _MAP),
    "2600": _no("mapping_missing", "QuickBooks does not have an entry that is named.", _MAP),
    "4000": _ours("QuickBooks could not read the query."),
    "4001": _ours("QuickBooks refused the query."),
    "4002": _ours("QuickBooks refused the query."),
    "5010": Row(
        Fate.STALE,
        "changed_in_books",
        "Somebody changed the document in QuickBooks.",
        "Decide which version stands: retry writes ours again, skip keeps theirs.",
    ),
    "5020": _stop(
        "The user who connected may not do this.",
        "Give that user the rights of a company administrator, then connect again.",
        "permission",
    ),
    "5030": _no(
        "feature_off",
        "The company's subscription lacks a feature that the document uses.",
        "Take classes, locations, currencies or inventory out of the mapping, or upgrade.",
    ),
    "6000": _no("validation", "QuickBooks refuses the document.", _IN_BOOKS),
    "6010": _no("account_type", "The type of an account does not fit or is missing."),
    "6030": _no("validation", "The file is larger than 100 MB.", "Attach a smaller file by hand."),
    "6040": _no("mapping_missing", "The tax does not fit the document.", _MAP),
    "6041": _no("mapping_missing", "The tax does not fit the document.", _MAP),
    "6050": _no("mapping_missing", "The tax does not fit the document.", _MAP),
    "6060": _no("mapping_missing", "The tax does not fit the document.", _MAP),
    "6070": _ours("A line's amount is not its quantity times its price."),
    "6080": _no("validation", "The name is empty.", _CORRECT),
    "6100": _no("mapping_missing", "A line's tax code must be TAX or NON.", _MAP),
    "6140": Row(
        Fate.TAKEN_NUMBER,
        "duplicate_document",
        "The document number is already used.",
        "Skip this record, change its number in the source, or delete the other document.",
    ),
    "6170": _no(
        "mapping_missing",
        "The document has tax, but nothing in it can be taxed.",
        "Map the tax, or mark the lines as taxable, then retry.",
    ),
    "6180": _no("validation", "A list cannot have more than five levels.", _CORRECT),
    "6190": _stop(
        "The company's QuickBooks subscription has ended.",
        "Renew the subscription, then connect again; nothing is lost.",
    ),
    "6200": _no("closed_period", "The date lies in a closed period of the books."),
    "6210": _no("closed_period", "The date lies in a closed period of the books."),
    "6220": _no("validation", "An entry with a balance cannot be made inactive.", _IN_BOOKS),
    "6240": Row(
        Fate.TAKEN_NAME,
        "name_conflict",
        "The name is already used in QuickBooks.",
        "Rename one of the two, or map to the existing name, then retry.",
    ),
    "6250": _no("mapping_missing", "The customer of the document does not fit.", _MAP),
    "6270": _no(
        "validation",
        "The date lies before the day from which the item's stock is counted.",
        "Set an earlier inventory start date in QuickBooks, then retry.",
    ),
    "6310": _no("mapping_missing", "A billable line needs a customer.", _MAP),
    "6420": _no("validation", "The document is to be sent, but has no e-mail address.", _CORRECT),
    "6430": _no("account_type", "The type of an account does not fit the document."),
    "6440": _no("mapping_missing", "A line names neither an item nor an account.", _MAP),
    "6450": _no("validation", "A settled card payment cannot be voided.", _IN_BOOKS),
    "6480": _no(
        "reconciled",
        "The document is matched with a downloaded bank line.",
        "Undo the match first.",
    ),
    "6540": _no(
        "reconciled",
        "The document's money is part of a deposit, so that it cannot be changed.",
        "Take it out of the deposit in QuickBooks, then retry.",
    ),
    "10000": Row(
        Fate.UNKNOWN, "unavailable", "QuickBooks failed while it worked on the request.", _WAIT
    ),
    "10100": _ours("The answer would be too large."),
    "10200": _stop(
        "The company's data was erased in QuickBooks.",
        "Run a reconciliation before you connect it again: what was posted is gone.",
    ),
}

TABLE: Final[Mapping[str, Row]] = MappingProxyType(_ROWS)
"""What each code of the Accounting API means (error codes)."""

_MOST_AUTHORIZATION: Final = 500
_LEAST_SEVERE: Final = 10_000
AGAIN: Final = 60.0
"""Seconds until something that QuickBooks put off is tried again."""


def row_of(code: str) -> Row:
    """The meaning of a code; an unknown one is judged by its range (1-499, 10000 and above)."""
    known = TABLE.get(code)
    if known is not None:
        return known
    number = int(code) if code.isdecimal() else 0
    if 0 < number < _MOST_AUTHORIZATION:
        return _stop("QuickBooks refuses the connection.")
    if number >= _LEAST_SEVERE:
        return TABLE["10000"]
    return _no("validation", "QuickBooks refuses the document.", _IN_BOOKS)


def worst(faults: Iterable[Fault]) -> Fault:
    """The fault that decides what becomes of an answer; there is at least one."""
    return max(faults, key=lambda fault: row_of(fault.code).fate)


def finding_of(fault: Fault, *, hint: str = "") -> Finding:
    """A refusal for a bookkeeper: our cause and hint, and QuickBooks' own words."""
    row = row_of(fault.code)
    said = fault.text
    return Finding(
        category=row.category,
        subject=said or f"QuickBooks error {fault.code}",
        message=f"{row.message} QuickBooks says: {said}" if said else row.message,
        hint=hint or row.hint,
        detail=f"code {fault.code} {fault.element}".strip(),
    )


def error_of(fault: Fault, tid: str = "") -> ConnectorError:
    """What a fault means for a read, or for the whole connection."""
    row = row_of(fault.code)
    detail = f"{fault.text} (intuit_tid {tid})" if tid else fault.text
    if row.fate in (Fate.STOP, Fate.RENEW):
        return AuthenticationError(row.message, hint=row.hint, detail=detail, code=fault.code)
    if row.fate in (Fate.THROTTLED, Fate.LATER):
        return TemporaryError(
            row.message, retry_after=AGAIN, hint=row.hint, detail=detail, code=fault.code
        )
    if row.fate is Fate.UNKNOWN:
        return Lost(row.message, hint=row.hint, detail=detail, code=fault.code)
    return ConnectorError(row.message, hint=row.hint, detail=detail, code=fault.code)


def not_connected() -> AuthenticationError:
    """Nobody has connected the company yet, or somebody disconnected it."""
    return AuthenticationError("QuickBooks is not connected.", hint="Run `subledger connect`.")


def rejected(category: str, subject: str, message: str, hint: str = "") -> RecordRejected:
    """A document that cannot be written; nothing was sent."""
    return RecordRejected(message, category=category, field=subject, hint=hint)


def finding_of_rejection(error: RecordRejected) -> Finding:
    """The finding of a document that cannot be written."""
    return Finding(
        category=error.category,
        subject=error.field or error.message,
        message=error.message,
        hint=error.hint,
        detail=error.detail,
    )

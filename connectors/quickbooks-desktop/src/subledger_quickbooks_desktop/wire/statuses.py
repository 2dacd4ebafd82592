"""What QuickBooks' status codes and HRESULTs mean for an operation: its fate, cause and hint.

Ranges and codes: qbXML SDK on-screen reference, error codes; HRESULTs: QuickBooks Desktop SDK
Programmer's Guide, appendix on error codes. Causes and hints are written for a bookkeeper.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from attrs import frozen


class Fate(StrEnum):
    """What to do with an operation after QuickBooks answered, or did not."""

    OK = "ok"  # done
    EMPTY = "empty"  # a query that matched nothing: an answer, not a failure
    RETRY = "retry"  # certainly not applied; the same bytes later, bounded, with back-off
    REFRESH = "refresh"  # read the object again, decide again, once
    FIX = "fix"  # certainly not applied; data or mapping must change first, never repeat as it is
    ENVIRONMENT = "environment"  # installation or permission: pause the connection, tell the user
    VERIFY = "verify"  # outcome unknown: look before anything else
    ASK = "ask"  # certainly not applied; a person decides


@frozen
class Verdict:
    """A fate with a plain cause and hint; `notice` = a person should see it although it is done."""

    fate: Fate
    cause: str
    hint: str = ""
    notice: bool = False


@frozen
class _Case:
    fate: Fate
    cause: str
    hint: str = ""
    on_write: Fate | None = None  # where a write is judged differently
    notice: bool = False

    def verdict(self, *, is_write: bool) -> Verdict:
        fate = self.on_write if is_write and self.on_write else self.fate
        return Verdict(fate, self.cause, self.hint, self.notice)


_REPORT = "This is a fault of the connector: report it with the record shown here."
_SOURCE = "Correct it at the source, then retry."
_CHOOSE = "Choose an existing entry in the mapping, or create it in QuickBooks, then retry."
_CLOSED = (
    "Re-date the document, or open the period in QuickBooks (Edit > Preferences > Accounting)."
)
_OTHERS = "Close the record's window on every computer; it is tried again by itself."
_RESTORED = "It is looked up in QuickBooks before anything is sent again."
_INTEGRATED = (
    "In QuickBooks open Edit > Preferences > Integrated Applications > Company Preferences"
)

_STATUSES: Final[Mapping[int, _Case]] = MappingProxyType(
    {
        0: _Case(Fate.OK, "Done."),
        1: _Case(Fate.EMPTY, "QuickBooks holds nothing that matches."),
        500: _Case(Fate.OK, "Some of the records that were asked for are not in QuickBooks."),
        501: _Case(Fate.OK, "This QuickBooks does not know one of the records asked for."),
        510: _Case(Fate.OK, "QuickBooks saved the record but could not return it."),
        530: _Case(Fate.OK, "This QuickBooks does not have one of the fields that were sent."),
        531: _Case(Fate.OK, "This QuickBooks does not have one of the values that were sent."),
        550: _Case(Fate.OK, "The record was saved, but its notes were not.", "Add them by hand.",
                   notice=True),
        560: _Case(Fate.OK, "QuickBooks warns that a field is out of use."),
        570: _Case(Fate.OK, "The document was saved, but not linked to one that is closed already.",
                   "Check in QuickBooks what it should be applied to.", notice=True),
        600: _Case(Fate.VERIFY, "QuickBooks remembers nothing of this write.", _RESTORED),
        1000: _Case(Fate.RETRY, "QuickBooks had an internal error.", _RESTORED,
                    on_write=Fate.VERIFY),
        1010: _Case(Fate.RETRY, "QuickBooks is not available at the moment."),
        1030: _Case(Fate.FIX, "This edition or version of QuickBooks does not know this operation.",
                    "Check the product and year of QuickBooks in the connection's details."),
        1060: _Case(Fate.FIX, "The number of the request is too long.", _REPORT),
        3000: _Case(Fate.FIX, "A record that is referred to does not exist in this company file.",
                    _CHOOSE),
        3010: _Case(Fate.FIX, "A yes/no value is not valid.", _REPORT),
        3020: _Case(Fate.FIX, "A date is not valid.", _SOURCE),
        3030: _Case(Fate.FIX, "A range of dates ends before it begins.", _REPORT),
        3031: _Case(Fate.FIX, "A range of names ends before it begins.", _REPORT),
        3035: _Case(Fate.FIX, "A duration is not valid.", _REPORT),
        3040: _Case(Fate.FIX, "An amount is not valid.", _SOURCE),
        3045: _Case(Fate.FIX, "A price is not valid.", _SOURCE),
        3050: _Case(Fate.FIX, "A percentage is not valid.", _SOURCE),
        3060: _Case(Fate.FIX, "A quantity is not valid.", _SOURCE),
        3065: _Case(Fate.FIX, "An identifier is not valid.", _REPORT),
        3070: _Case(Fate.FIX, "A text is too long for its field.", "Shorten it, then retry."),
        3080: _Case(Fate.FIX, "A text is not valid for its field.", "Correct it, then retry."),
        3085: _Case(Fate.FIX, "A number is not valid for its field.", "Correct it, then retry."),
        3090: _Case(Fate.FIX, "QuickBooks cannot store a value, often a name with a colon in it.",
                    "Take the colon out of the name, then retry."),
        3100: _Case(Fate.REFRESH, "The name is taken already, perhaps by another kind of name.",
                    "Link the record to the one that exists, or choose another name."),
        3110: _Case(Fate.FIX, "A value is not one of those that QuickBooks allows.", _REPORT),
        3120: _Case(Fate.REFRESH, "The record is not in QuickBooks any more, or was merged."),
        3130: _Case(Fate.FIX, "The parent of the record does not exist in QuickBooks.",
                    "Create the parent first, then retry."),
        3140: _Case(Fate.FIX, "The document refers to something that QuickBooks does not have.",
                    _CHOOSE),
        3150: _Case(Fate.FIX, "A required field is missing.", "Complete the record, then retry."),
        3160: _Case(Fate.ASK, "QuickBooks refuses to delete it, since something still uses it.",
                    "Remove what uses it (a payment, a deposit), or make it inactive."),
        3161: _Case(Fate.ASK, "It cannot be deleted: its period is closed.", _CLOSED),
        3170: _Case(Fate.ASK, "QuickBooks refuses to change it.",
                    "Open it in QuickBooks to see what holds it, then retry or skip."),
        3171: _Case(Fate.ASK, "It cannot be changed: its period is closed.", _CLOSED),
        3175: _Case(Fate.RETRY, "Somebody is working with the record in QuickBooks.", _OTHERS),
        3176: _Case(Fate.RETRY, "Somebody is working with a related record in QuickBooks.",
                    _OTHERS),
        3180: _Case(Fate.FIX, "QuickBooks could not save the record.",
                    "Read QuickBooks' own message, correct what it names, then retry."),
        3185: _Case(Fate.ASK, "QuickBooks refuses to void it.",
                    "Open it in QuickBooks to see what holds it, then retry or skip."),
        3190: _Case(Fate.FIX, "A field cannot be emptied.", "Give it a value, then retry."),
        3200: _Case(Fate.REFRESH, "It was changed in QuickBooks after it was last read."),
        3210: _Case(Fate.REFRESH, "The payment is larger than what is still due.",
                    "Leave the rest as a credit, or correct the payment."),
        3231: _Case(Fate.RETRY, "It was not processed, because one before it failed."),
        3240: _Case(Fate.REFRESH, "The record in QuickBooks is another one than expected."),
        3250: _Case(Fate.ENVIRONMENT, "A feature is switched off in this company file or edition.",
                    "Switch it on in QuickBooks' preferences, or take the field out of the flow."),
        3260: _Case(Fate.ENVIRONMENT, "The QuickBooks user of the connection may not do this.",
                    f"{_INTEGRATED} and let the application log in as another user."),
        3261: _Case(Fate.ENVIRONMENT, "The application may not see personal data.",
                    f"{_INTEGRATED} and allow access to it."),
        3270: _Case(Fate.FIX, "An account to post to is missing.", _CHOOSE),
        3290: _Case(Fate.FIX, "Lines of a change are not in the order of QuickBooks.", _REPORT),
        3351: _Case(Fate.FIX, "This kind of record cannot hold the custom field.",
                    "Take the custom field out of the mapping."),
        3391: _Case(Fate.REFRESH, "QuickBooks gave up the long list that was being read."),
        3500: _Case(Fate.ASK, "QuickBooks refuses to merge the two records.",
                    "Merge them by hand in single-user mode."),
        9001: _Case(Fate.VERIFY, "QuickBooks knows this write with another content.", _RESTORED),
        9002: _Case(Fate.VERIFY, "QuickBooks lost its own record of this write.", _RESTORED),
        9003: _Case(Fate.VERIFY, "QuickBooks' record of this write cannot be used.", _RESTORED),
        9004: _Case(Fate.FIX, "The number of the message set is too long.", _REPORT),
        9005: _Case(Fate.VERIFY, "QuickBooks could not keep a record of this write.", _RESTORED),
    }
)  # fmt: skip

_START = "Open QuickBooks with this company file on the computer of the Web Connector."
_MODAL = "Close the dialogue window that is open in QuickBooks."
_MODE = "Open the company file in single-user mode, or ask the others to leave it."

_HRESULTS: Final[Mapping[int, _Case]] = MappingProxyType(
    {
        0x80040400: _Case(Fate.FIX, "QuickBooks could not read the request; nothing was done.",
                          _REPORT),
        0x80040401: _Case(Fate.RETRY, "QuickBooks could not be reached.", _START,
                          on_write=Fate.VERIFY),
        0x80040402: _Case(Fate.RETRY, "QuickBooks stopped with an unexpected error.",
                          "The file qbsdklog.txt on that computer tells more.",
                          on_write=Fate.VERIFY),
        0x80040403: _Case(Fate.ENVIRONMENT, "The company file could not be opened.",
                          "Check its path in the connection and that nobody moved it."),
        0x80040404: _Case(Fate.FIX, "This QuickBooks is too old for the version of the request.",
                          _REPORT),
        0x80040408: _Case(Fate.RETRY, "QuickBooks could not be started.", _START),
        0x8004040A: _Case(Fate.ENVIRONMENT, "Another company file is open in QuickBooks.",
                          "Close it, or open the company file of this connection."),
        0x8004040C: _Case(Fate.RETRY, "The session with QuickBooks was over."),
        0x8004040D: _Case(Fate.RETRY, "The session with QuickBooks was not valid any more."),
        0x80040410: _Case(Fate.RETRY, "The company file is open in the other mode "
                          "(single-user or multi-user).", _MODE),
        0x80040414: _Case(Fate.RETRY, "A dialogue window is open in QuickBooks.", _MODAL),
        0x80040416: _Case(Fate.ENVIRONMENT, "QuickBooks is closed and no company file is named.",
                          "Open QuickBooks, or set the path of the company file."),
        0x8004041A: _Case(Fate.ENVIRONMENT, "The application may not use this company file.",
                          f"{_INTEGRATED} and allow it, signed in as Admin."),
        0x8004041B: _Case(Fate.RETRY, "QuickBooks could not lock its list of applications."),
        0x8004041C: _Case(Fate.RETRY, "QuickBooks had an internal error.", on_write=Fate.VERIFY),
        0x8004041D: _Case(Fate.ENVIRONMENT, "The application may not log in by itself.",
                          f"{_INTEGRATED}, choose the application's properties and allow access "
                          "while QuickBooks is not running."),
        0x80040420: _Case(Fate.ENVIRONMENT, "Somebody refused the application access.",
                          f"{_INTEGRATED} and allow it, signed in as Admin."),
        0x80040421: _Case(Fate.ENVIRONMENT, "QuickBooks gave a message of its own.",
                          "Read QuickBooks' own message.", on_write=Fate.VERIFY),
        0x80040422: _Case(Fate.ENVIRONMENT, "QuickBooks must be in single-user mode for this.",
                          _MODE),
    }
)  # fmt: skip

_LOCKED = re.compile(
    r"modified by another user|could not be locked|failed to acquire the lock|\bin use\b",
    re.IGNORECASE,
)
_CLOSED_BOOKS = re.compile(
    r"closed? (?:the )?books|books (?:have been|are) closed|closing date", re.IGNORECASE
)
_DEPOSITED = re.compile(r"\b(?:been deposited|(?:from|in) (?:a|the) deposit)\b", re.IGNORECASE)
_HELD: Final = _Case(
    Fate.ASK, "It is in a deposit already, so that QuickBooks refuses to touch it.",
    "Take it out of the deposit in QuickBooks (Banking > Make Deposits), then retry.",
)  # fmt: skip
_OF_CHANGES: Final = frozenset({3160, 3170, 3172, 3180, 3185})
_SPLIT_BY_TEXT: Final = frozenset({3170, 3180})
_UNSAID: Final = _Case(
    Fate.RETRY, "QuickBooks answered without a status.", _RESTORED, on_write=Fate.VERIFY
)
_GENERAL: Final = range(1000, 2000)


def fate_of_status(code: int, severity: str, message: str, is_write: bool) -> Verdict:
    """Judge the status of one answer; the code decides, the text only splits what refuses a change.

    A code below 0 stands for an answer without one. An unknown code with severity Error on a write
    means that nothing was stored: FIX.
    """
    if code in _OF_CHANGES and _DEPOSITED.search(message):
        return _HELD.verdict(is_write=is_write)
    if code in _SPLIT_BY_TEXT:
        if _LOCKED.search(message):
            return _STATUSES[3175].verdict(is_write=is_write)
        if _CLOSED_BOOKS.search(message):
            return _STATUSES[3171].verdict(is_write=is_write)
    if code < 0:
        return _UNSAID.verdict(is_write=is_write)
    case = _STATUSES.get(code)
    if case is not None:
        return case.verdict(is_write=is_write)
    if severity.casefold() == "info":
        return Verdict(Fate.OK, "Done.")
    if severity.casefold() == "warn":
        return Verdict(Fate.OK, "QuickBooks did it with a warning.", notice=True)
    if code in _GENERAL and not is_write:
        return Verdict(Fate.RETRY, "QuickBooks had a general error.")
    return Verdict(Fate.FIX, "QuickBooks refused it.", "Read QuickBooks' own message.")


def fate_of_hresult(hresult: str, is_write: bool) -> Verdict:
    """Judge an HRESULT given instead of an answer; unknown: VERIFY after a write, else RETRY.

    `is_write` means that a message set with a write had been handed over.
    """
    number = parse_hresult(hresult)
    case = _HRESULTS.get(number) if number is not None else None
    if case is None:
        case = _Case(Fate.RETRY, "QuickBooks gave an error code that is not known.", _START,
                     on_write=Fate.VERIFY)  # fmt: skip
    return case.verdict(is_write=is_write)


def parse_hresult(text: str) -> int | None:
    """Read `0x80040400`, `80040400` or a negative decimal as a number; None if it is none."""
    text = text.strip()
    try:
        if text.startswith("-"):
            return int(text) & 0xFFFFFFFF
        return int(text, 16)
    except ValueError:
        return None

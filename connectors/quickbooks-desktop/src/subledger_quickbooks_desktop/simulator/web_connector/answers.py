"""What the answers of the server mean: version check, admission, percent (pure functions)."""

import re
from collections.abc import Sequence
from enum import Enum

from attrs import frozen

from .errors import ConnectorError

NO_OP = "NoOp"
INTERACTIVE = "Interactive mode"
DONE = 100
_MANDATORY = 2
_SECONDS = re.compile(r"\d*")


class Verdict(Enum):
    """What `authenticate` said about this update."""

    WORK = "work"
    NONE = "none"
    NOT_VALID_USER = "nvu"
    BUSY = "busy"


@frozen(kw_only=True)
class Admission:
    """The answer of `authenticate`: seconds are None where the server did not name them."""

    ticket: str
    verdict: Verdict
    company_file: str = ""
    postpone_seconds: int | None = None
    minimum_interval_seconds: int | None = None


def read_admission(values: Sequence[str]) -> Admission:
    """Read the 2 to 4 strings of `authenticate`; raises `ConnectorError` QBWC1012.

    The words none, nvu and busy are compared without case. An empty ticket together with work is
    refused here, although no public source says what the real client does with it.
    Source: QuickBooks Web Connector Programmer's Guide, chapter 10, authenticate.
    """
    if len(values) < _MANDATORY:
        raise ConnectorError("QBWC1012", "Index was outside the bounds of the array.")
    ticket, word = values[0], values[1]
    try:
        verdict = Verdict(word.lower())
    except ValueError:
        verdict = Verdict.WORK
    if verdict is Verdict.WORK and not ticket:
        raise ConnectorError("QBWC1012", "The session ticket is empty.")
    return Admission(
        ticket=ticket,
        verdict=verdict,
        company_file=word if verdict is Verdict.WORK else "",
        postpone_seconds=_seconds(values, 2),
        minimum_interval_seconds=_seconds(values, 3),
    )


def check_client_version(answer: str, *, continue_after_warning: bool) -> str:
    """The warning a person went past, or ""; raises `ConnectorError` QBWC1037 or QBWC1046.

    Source: QuickBooks Web Connector Programmer's Guide, chapter 10, clientVersion.
    """
    if not answer:
        return ""
    kind, text = answer[:2], answer[2:]
    if kind == "W:" and continue_after_warning:
        return text
    if kind in ("W:", "E:"):
        raise ConnectorError("QBWC1037", text)
    if kind == "O:":
        raise ConnectorError("QBWC1037", f"version {text} is expected")
    raise ConnectorError("QBWC1046", f"received {answer!r}")


def _seconds(values: Sequence[str], index: int) -> int | None:
    text = values[index].strip() if index < len(values) else ""
    if _SECONDS.fullmatch(text) is None:
        raise ConnectorError("QBWC1012", f"authRet[{index}] is not a number: {text!r}")
    return int(text) if text else None

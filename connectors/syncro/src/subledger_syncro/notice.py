"""What a person is told about customer purchases that are not read: once, as a record; pure."""

from collections.abc import Mapping
from typing import Any, Final

from attrs import frozen

from subledger.errors import RecordRejected
from subledger.model.kinds import PURCHASE
from subledger.ports import RawRecord

NOTICE: Final = "customer_purchases"
"""Identifier of the record, and the setting's name."""
OFF: Final = "off"
ABSENT: Final = "absent"
REFUSED: Final = "refused"
OTHER: Final = "other"
_LATER: Final = (
    "Everything else goes on. It is asked again with each run, and nothing is lost once there is "
    "an answer; customer_purchases = false ends the asking."
)


@frozen
class _Reason:
    category: str
    message: str
    hint: str


_REASONS: Final[Mapping[str, _Reason]] = {
    OFF: _Reason(
        "excluded",
        "The Syncro account has customer purchases, and they are not read.",
        "Set customer_purchases = true in the connection to read them, at an address that Syncro's "
        "published document does not describe; or skip this and enter them by hand.",
    ),
    ABSENT: _Reason(
        "unavailable",
        "Customer purchases are to be read, and Syncro has nothing under their address.",
        f"Look whether the account has the tab Customer Purchases. {_LATER}",
    ),
    REFUSED: _Reason(
        "permission",
        "Customer purchases are to be read, and the token may not read them.",
        f"Add the permission for them to the token in Syncro (Admin, API Tokens). {_LATER}",
    ),
    OTHER: _Reason(
        "unreadable",
        "Customer purchases are to be read, and Syncro answers in a form that is not known.",
        f"Report it. {_LATER}",
    ),
}


def record_of(what: str) -> RawRecord:
    """The record that tells of one of the reasons; with none, that the reason is gone."""
    data = {"notice": {"what": what}} if what else {"gone": {"what": NOTICE}}
    return RawRecord(id=NOTICE, data=data, makes=frozenset({PURCHASE}))


def message_of(what: str) -> str:
    """A reason as a sentence."""
    return _REASONS[what].message


def rejection_of(row: Mapping[str, Any]) -> RecordRejected:
    """The reason as the kernel shows it. Raises LookupError for one that is not known."""
    reason = _REASONS[row["what"]]
    return RecordRejected(reason.message, category=reason.category, field=NOTICE, hint=reason.hint)

"""The guard of an update: QuickBooks' EditSequence, and a hash of what we write of an object.

A payment that is applied to an invoice moves the invoice's EditSequence; the hash tells such a
change from a person's edit. Pure.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from subledger_quickbooks_desktop.wire import schema

_SEPARATOR: Final = ":"
_LEFT_OUT: Final = frozenset(
    {"AppliedToTxnAdd", "ApplyCheckToTxnAdd", "SetCredit", "LinkToTxn", "LinkToTxnID", "DataExt"}
) | {"IsToBePrinted", "IsToBeEmailed", "IsPending", "OpenBalance", "OpenBalanceDate"}
"""Fields that change without an edit: applications, printing."""


def guard_of(kind: str, record: Mapping[str, Any]) -> str:
    """The guard of an object as QuickBooks returned it; empty where it told no EditSequence."""
    sequence = str(record.get("EditSequence", ""))
    if not sequence or "TimeModified" not in record:  # no more than identifiers
        return sequence
    return f"{sequence}{_SEPARATOR}{_digest(kind, record)}"


def edit_sequence(guard: str) -> str:
    """The EditSequence in a guard."""
    return guard.partition(_SEPARATOR)[0]


def was_edited(kind: str, record: Mapping[str, Any], guard: str) -> bool:
    """Whether somebody changed the object itself since the guard was taken."""
    _, known, digest = guard.partition(_SEPARATOR)
    return not known or digest != _digest(kind, record)


def _digest(kind: str, record: Mapping[str, Any]) -> str:
    content = json.dumps(_written(f"{kind}Add", record), sort_keys=True)
    return hashlib.blake2b(content.encode(), digest_size=8).hexdigest()


def _written(structure: str, record: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a record that the request of this structure can write."""
    try:
        content = schema.content(structure)
    except KeyError:
        return {}
    found: dict[str, Any] = {}
    for name, value in record.items():
        place = content.place(name) or content.place(name.removesuffix("Ret") + "Add")
        if place is None or place.name in _LEFT_OUT or value in (None, "", [], {}):
            continue
        values = value if isinstance(value, list) else [value]
        found[name] = [_plain(place.kind, each) for each in values]
    return found


def _plain(structure: str, value: Any) -> Any:
    if not isinstance(value, Mapping):
        return str(value)
    if "ListID" in value:
        return value["ListID"]
    return _written(structure, value)

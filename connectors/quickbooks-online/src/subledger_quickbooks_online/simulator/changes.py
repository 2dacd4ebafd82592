"""`GET /cdc`: what changed since a time, with stubs of what was deleted."""

from datetime import UTC, datetime

from .call import Call
from .envelope import Payload
from .names import entity
from .refusals import missing, not_readable


def changed_since(call: Call) -> Payload:
    """For the parameters `entities` and `changedSince`."""
    return changed(call, call.options.get("entities", ""), call.options.get("changedsince", ""))


def changed(call: Call, entities: str, since: str) -> Payload:
    """For a list of entities separated by commas, and a time or day; a `+` may be a blank."""
    if not entities.strip():
        raise missing("entities")
    if not since.strip():
        raise missing("changedSince")
    names = [entity(name) for name in entities.split(",") if name.strip()]
    found = call.company.changed_since(names, _moment(since))
    return {"CDCResponse": [{"QueryResponse": found}]}


def _moment(text: str) -> datetime:
    day, _, time = text.strip().replace("T", " ").partition(" ")
    try:
        moment = datetime.fromisoformat(f"{day}T{time.replace(' ', '+')}" if time else day)
    except ValueError as wrong:
        raise not_readable(f"changedSince is no time: {text}") from wrong
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

"""`POST /batch`: up to thirty independent operations; one that fails leaves the others alone."""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from . import xmlform
from .call import Call, entity_of
from .changes import changed
from .company import CompanyFault
from .envelope import Payload, fault
from .jsonform import to_json
from .names import entity
from .operations import apply
from .refusals import (
    bad_request_id,
    batch_empty,
    batch_too_large,
    not_readable,
    unsupported,
)
from .replay import LONGEST_OF_ITEM, once

LIMIT = 30
_WORDS = frozenset({"bId", "operation", "optionsData"})


@frozen(kw_only=True)
class Item:
    """One operation: `name` is the entity, Query, CDCQuery or ReportQuery."""

    id: str
    operation: str
    options: str
    name: str
    value: Any


def batch(call: Call) -> Payload:
    """Carry out the items in their order; each gets an answer or a Fault of its own."""
    items = _from_xml(call) if call.is_xml else _from_json(call.fields())
    if not items:
        raise batch_empty()
    if len(items) > LIMIT:
        raise batch_too_large(LIMIT, len(items))
    return {"BatchItemResponse": [_answered(call, item) for item in items]}


def _from_json(fields: Mapping[str, Any]) -> Sequence[Item]:
    given = fields.get("BatchItemRequest") or ()
    if not isinstance(given, list) and given:
        raise not_readable("BatchItemRequest is a list")
    return [_item(one) for one in given]


def _item(fields: Any) -> Item:
    if not isinstance(fields, Mapping):
        raise not_readable("An item of a batch is an object")
    names = [name for name in fields if name not in _WORDS]
    if len(names) != 1:
        raise not_readable("An item of a batch holds one object or one query")
    return Item(
        id=str(fields.get("bId", "")),
        operation=str(fields.get("operation", "")),
        options=str(fields.get("optionsData", "")),
        name=names[0],
        value=fields[names[0]],
    )


def _from_xml(call: Call) -> Sequence[Item]:
    found = []
    for node in xmlform.children(call.xml()):
        inner = next(xmlform.children(node), None)
        if inner is None:
            raise not_readable("An item of a batch holds one object or one query")
        name = xmlform.local(inner)
        is_query = name in {"Query", "ReportQuery", "CDCQuery"}
        found.append(
            Item(
                id=node.get("bId", ""),
                operation=node.get("operation", ""),
                options=node.get("optionsData", ""),
                name=name,
                value=inner.text or "" if is_query else entity_of(inner),
            )
        )
    return found


def _answered(call: Call, item: Item) -> Payload:
    try:
        return {**_done(call, item), "bId": item.id}
    except CompanyFault as refused:
        return {"Fault": fault(refused), "bId": item.id}


def _done(call: Call, item: Item) -> Payload:
    if len(item.id) > LONGEST_OF_ITEM and "requestid" in call.options:
        raise bad_request_id(f"The bId is too long: {item.id}")
    match item.name:
        case "Query":
            return {"QueryResponse": call.company.query(str(item.value))}
        case "CDCQuery" if isinstance(item.value, Mapping):
            return changed(
                call, str(item.value.get("Entities", "")), str(item.value.get("ChangedSince", ""))
            )
        case "ReportQuery" | "CDCQuery":
            raise unsupported(item.name)
    name = entity(item.name)
    if not isinstance(item.value, Mapping):
        raise not_readable(f"{name} is an object")
    options = {**call.options, **_options(item.options)}
    options.pop("operation", None)
    body = to_json([item.operation, item.options, item.name, item.value])
    return once(
        call,
        body,
        lambda: apply(call, name, item.operation, item.value, options),
        item=item.id or "-",
    )


def _options(text: str) -> Mapping[str, str]:
    """`optionsData`: `include=void` or only `void`; several are separated by `&`."""
    found: dict[str, str] = {}
    for part in filter(None, text.split("&")):
        name, equals, value = part.partition("=")
        found[name.lower() if equals else "include"] = value if equals else name
    return found

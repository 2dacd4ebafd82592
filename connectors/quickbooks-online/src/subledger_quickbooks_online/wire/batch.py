"""Several independent writes in one request (Accounting API: batch operations)."""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from subledger_quickbooks_online.wire.jsontext import to_json
from subledger_quickbooks_online.wire.requests import JSON, Request


@frozen(kw_only=True)
class Item:
    """One write of a batch: ``id`` (at most 10 characters) tells its answer apart."""

    id: str
    operation: str
    entity: str
    body: Mapping[str, Any]


def request(items: Sequence[Item], key: str) -> Request:
    """The batch under one ``requestid``; the API tells items apart by it and their ``bId``."""
    body = {
        "BatchItemRequest": [
            {"bId": item.id, "operation": item.operation, item.entity: item.body} for item in items
        ]
    }
    return Request(
        method="POST", path="batch", body=to_json(body).encode(), content_type=JSON, key=key
    )


def answers(body: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """The answer of each item, by ``bId``: an object by its entity's name, or a fault."""
    items = body.get("BatchItemResponse")
    return {
        str(item.get("bId", "")): item
        for item in (items if isinstance(items, list) else ())
        if isinstance(item, Mapping)
    }

"""Webhook notifications in both formats, with their signature.

After Intuit's webhooks guide and its blog "Upcoming change to webhooks payload structure" (2025).
"""

import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from random import Random
from typing import Any

from attrs import field, frozen

from .company import Change
from .jsonform import to_json
from .switches import Switches

RETRY_SECONDS = (10, 20, 30, 300, 1_200, 7_200, 14_400, 21_600)
"""Pauses before a notification is sent again, for as long as it is not answered 200."""
PATIENCE_SECONDS = 3
_TYPES = {
    "Create": "created",
    "Update": "updated",
    "Delete": "deleted",
    "Merge": "merged",
    "Void": "voided",
    "Emailed": "emailed",
}
_UNTOLD = frozenset(
    {"TaxCode", "TaxRate", "Attachable", "CompanyInfo", "ExchangeRate", "CompanyCurrency"}
)


@frozen(kw_only=True)
class Subscription:
    """Where notifications go, and the verifier token that signs them."""

    url: str
    verifier: str = field(repr=False)


@frozen(kw_only=True)
class Notification:
    """One POST to make; `body` is what the signature covers, byte by byte."""

    url: str
    headers: Mapping[str, str]
    body: bytes


def sign(verifier: str, body: bytes) -> str:
    """The value of the header intuit-signature."""
    return b64encode(hmac.new(verifier.encode(), body, sha256).digest()).decode()


def told(changes: Sequence[Change]) -> list[Change]:
    """The changes that webhooks tell of."""
    return [change for change in changes if change.entity not in _UNTOLD]


def notification(
    subscription: Subscription,
    realm: str,
    changes: Sequence[Change],
    switches: Switches,
    serial: int,
) -> Notification:
    """One notification about changes in one company; `serial` makes its ids and its order."""
    events = [change for change in changes for _ in range(1 + switches.webhook_duplicates)]
    if switches.webhook_shuffled:
        Random(serial).shuffle(events)  # noqa: S311 - order of test data
    build = _legacy if switches.webhook_format == "legacy" else _cloudevents
    body = to_json(build(realm, events, serial)).encode()
    return Notification(
        url=subscription.url,
        headers={
            "Content-Type": "application/json",
            "intuit-signature": sign(subscription.verifier, body),
        },
        body=body,
    )


def _legacy(realm: str, changes: Sequence[Change], _serial: int) -> Any:
    entities = [
        {
            "name": change.entity,
            "id": change.id,
            "operation": change.operation,
            "lastUpdated": change.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S%z"),
            **({"deletedId": change.deleted_id} if change.deleted_id else {}),
        }
        for change in changes
    ]
    return {"eventNotifications": [{"realmId": realm, "dataChangeEvent": {"entities": entities}}]}


def _cloudevents(realm: str, changes: Sequence[Change], serial: int) -> Any:
    return [
        {
            "specversion": "1.0",
            "id": _uuid(f"{realm}:{serial}:{number}"),
            "source": "intuit.dsnBgbseACLLRZNxo2dfc4evmEJdxde58xeeYcZliOU=",
            "type": f"qbo.{change.entity.lower()}.{_TYPES[change.operation]}.v1",
            "datacontenttype": "application/json",
            "time": _nanoseconds(change.at),
            "intuitentityid": change.id,
            "intuitaccountid": realm,
            "data": {"deletedId": change.deleted_id} if change.deleted_id else {},
        }
        for number, change in enumerate(changes)
    ]


def _uuid(text: str) -> str:
    h = sha256(text.encode()).hexdigest()
    return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-a{h[17:20]}-{h[20:32]}"


def _nanoseconds(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "000Z"

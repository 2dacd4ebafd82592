"""Judges a webhook call: Intuit signs the raw body; what it says is only a hint to read."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from subledger.ports import WebhookVerdict
from subledger_quickbooks_online.config import QuickBooksOnlineConfig

_SIGNATURE: Final = "intuit-signature"


def judge(
    config: QuickBooksOnlineConfig, headers: Mapping[str, str], body: bytes
) -> WebhookVerdict:
    """Refused without Intuit's signature; news of the company makes a run due.

    Both formats are read: ``eventNotifications``, and CloudEvents since 2026 (Intuit, Upcoming
    change to webhooks payload structure). Nothing of the body is believed.
    """
    if not config.webhook_verifier:
        return WebhookVerdict.REFUSED
    key = config.webhook_verifier.reveal().encode()
    expected = base64.b64encode(hmac.digest(key, body, hashlib.sha256))
    given = headers.get(_SIGNATURE, "").encode()
    if not hmac.compare_digest(given, expected):
        return WebhookVerdict.REFUSED
    try:
        call = json.loads(body)
    except (ValueError, RecursionError):
        return WebhookVerdict.IGNORED
    realms = set(realms_of(call))
    wanted = realms if not config.realm else realms & {config.realm}
    return WebhookVerdict.RUN if wanted else WebhookVerdict.IGNORED


def realms_of(call: Any) -> Iterator[str]:
    """The companies that a call brings news of."""
    if isinstance(call, Mapping):
        notifications = call.get("eventNotifications")
        for each in notifications if isinstance(notifications, list) else ():
            if isinstance(each, Mapping) and each.get("realmId"):
                yield str(each["realmId"])
    elif isinstance(call, list):
        for each in call:
            if isinstance(each, Mapping) and each.get("intuitaccountid"):
                yield str(each["intuitaccountid"])

"""Judges a webhook call: PEX sends a shared secret as Basic authorization, no signature."""

import hmac
import json
from collections.abc import Mapping
from typing import Final

from subledger.ports import WebhookVerdict
from subledger_pex.config import PexConfig
from subledger_pex.wire.requests import webhook_authorization

_SETTLED: Final = frozenset({"settlement"})
_PENDING: Final = frozenset({"auth", "pin", "reversal"})


def judge(config: PexConfig, headers: Mapping[str, str], body: bytes) -> WebhookVerdict:
    """Refused without the shared secret; a settlement makes a run due, other news is ignored.

    Nothing of the body is believed: the run reads the transactions from the API.
    """
    if not config.webhook_secret:
        return WebhookVerdict.REFUSED
    expected = webhook_authorization(config.webhook_secret.reveal())
    given = headers.get("authorization", "")
    if not hmac.compare_digest(given.encode(), expected.encode()):
        return WebhookVerdict.REFUSED
    news = _SETTLED | _PENDING if config.include_pending else _SETTLED
    return WebhookVerdict.RUN if _network_type(body) in news else WebhookVerdict.IGNORED


def _network_type(body: bytes) -> str:
    """NetworkType of the call's data in small letters; empty where it has none."""
    try:
        call = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    data = call.get("Data") if isinstance(call, dict) else None
    return str(data.get("NetworkType") or "").casefold() if isinstance(data, dict) else ""

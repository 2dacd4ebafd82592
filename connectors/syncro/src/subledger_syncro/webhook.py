"""Judges a webhook call. Syncro signs nothing and documents no body: a call is only a poke."""

import hmac
from collections.abc import Mapping
from typing import Final

from subledger.ports import WebhookVerdict
from subledger_syncro.config import SyncroConfig

HEADER: Final = "x-subledger-secret"
"""The header that a webhook is set up with, besides Authorization: Bearer."""


def judge(config: SyncroConfig, headers: Mapping[str, str], body: bytes) -> WebhookVerdict:
    """Refused without our secret; with it a run is due. Nothing of the body is believed."""
    del body
    if not config.webhook_secret:
        return WebhookVerdict.REFUSED
    secret = config.webhook_secret.reveal().encode()
    scheme, _, token = headers.get("authorization", "").partition(" ")
    shown = (headers.get(HEADER, ""), token.strip() if scheme.casefold() == "bearer" else "")
    fits = [hmac.compare_digest(one.encode(), secret) for one in shown]
    return WebhookVerdict.RUN if any(fits) else WebhookVerdict.REFUSED

"""Judges a webhook call. Syncro signs nothing and documents no body: a call is only a poke."""

import base64
import hmac
from collections.abc import Mapping
from typing import Final

from subledger.ports import WebhookVerdict
from subledger_syncro.config import SyncroConfig

HEADER: Final = "x-subledger-secret"
"""The header that shows our secret, where a caller can set one.

Else it is a bearer token, or the password in the address: ``https://any:SECRET@host/...``.
"""


def judge(config: SyncroConfig, headers: Mapping[str, str], body: bytes) -> WebhookVerdict:
    """Refused without our secret; with it a run is due. Nothing of the body is believed."""
    del body
    if not config.webhook_secret:
        return WebhookVerdict.REFUSED
    secret = config.webhook_secret.reveal().encode()
    shown = (headers.get(HEADER, ""), _authorization(headers.get("authorization", "")))
    fits = [hmac.compare_digest(one.encode(errors="replace"), secret) for one in shown]
    return WebhookVerdict.RUN if any(fits) else WebhookVerdict.REFUSED


def _authorization(header: str) -> str:
    """A bearer token, or the password of Basic; empty for anything else."""
    scheme, _, value = header.partition(" ")
    if scheme.casefold() == "bearer":
        return value.strip()
    if scheme.casefold() != "basic":
        return ""
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[2]
    except ValueError:
        return ""

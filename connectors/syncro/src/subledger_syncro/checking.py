"""Proves that a token works: whose it is, what it may not do, and which time zone dates are in."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from subledger_syncro import asking, errors
from subledger_syncro.client import SyncroClient
from subledger_syncro.config import SyncroConfig
from subledger_syncro.wire import dates, requests
from subledger_syncro.wire.requests import Request

_SINK_READS: Final = (requests.CUSTOMERS, requests.PAYMENTS)
_READS: Final = (
    *(requests.CUSTOMERS, requests.INVOICES, requests.PAYMENTS),
    *(requests.PRODUCTS, requests.ORDERS, requests.VENDORS),
)
_WRITES: Final = (
    ("payment", requests.CREATE_PAYMENTS),
    ("customer", requests.CREATE_CUSTOMERS),
)
_UTC: Final = "UTC"


async def sentences(client: SyncroClient, config: SyncroConfig, *, writes: bool) -> Sequence[str]:
    """Sentences worth showing. Raises AuthenticationError where the token is not accepted."""
    me = await client.get(requests.ME)
    me = me if isinstance(me, Mapping) else {}
    name = me.get("subdomain") or config.subdomain
    user = me.get("user_email") or me.get("user_name") or "an unknown user"
    zone = await time_zone(client, config)
    found = [f"Connected to {name} as {user}. Dates are in {zone}."]
    asked = _SINK_READS if writes else _READS
    found += [_lacks(one.permission) for one in asked if not await _may(client, one)]
    if not writes and (told := await asking.sentence(client, config)):
        found.append(told)
    if writes:
        found += [_lacks(permission) for name, permission in _WRITES if not _may_write(me, name)]
    return found


def _lacks(permission: str) -> str:
    return f"The token lacks the permission {permission} (Syncro: Admin, API Tokens)."


async def _may(client: SyncroClient, request: Request) -> bool:
    try:
        await client.get(requests.page(request, 1))
    except errors.NotPermitted:
        return False
    return True


def _may_write(me: Mapping[str, Any], name: str) -> bool:
    """What the answer says of a sort of record; an administrator may all, silence is a yes."""
    rights = (me.get("permissions") or {}).get(name)
    return bool(me.get("admin")) or not isinstance(rights, Mapping) or bool(rights.get("write"))


async def account(client: SyncroClient) -> str:
    """The subdomain of the account that the token belongs to; empty where Syncro does not tell."""
    me = await client.get(requests.ME)
    return str(me.get("subdomain") or "") if isinstance(me, Mapping) else ""


async def time_zone(client: SyncroClient, config: SyncroConfig) -> str:
    """The zone of the configuration, else of the account's settings, else UTC."""
    if config.time_zone:
        return dates.zone_of(config.time_zone, config.time_zone) or _UTC
    settings = await client.get(requests.SETTINGS)
    locale = settings.get("locale") if isinstance(settings, Mapping) else None
    if not isinstance(locale, Mapping):
        return _UTC
    name, offset = str(locale.get("time_zone") or ""), str(locale.get("time_offset") or "")
    return dates.zone_of(name, offset) or _UTC

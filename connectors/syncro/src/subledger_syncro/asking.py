"""Asks for customer purchases, at an address that Syncro's published document does not describe."""

from subledger.errors import AuthenticationError, ConnectorError, TemporaryError
from subledger_syncro import errors, notice
from subledger_syncro.client import SyncroClient
from subledger_syncro.config import SyncroConfig
from subledger_syncro.wire import requests
from subledger_syncro.wire.answers import object_of


async def buys(client: SyncroClient) -> bool:
    """Whether the account has the tab of customer purchases. Raises TemporaryError."""
    try:
        found = await client.get(requests.TABS)
    except ConnectorError as error:
        await reason_of(client, error)
        return False
    return bool(object_of(object_of(found).get("tabs")).get("customer_purchases"))


async def reason_of(client: SyncroClient, error: ConnectorError) -> str:
    """Why an address gives nothing, as :mod:`subledger_syncro.notice` names it.

    Raises the error again where it may pass, or where the token is refused everywhere.
    """
    if isinstance(error, TemporaryError) and not isinstance(error, errors.Unreadable):
        raise error
    if isinstance(error, AuthenticationError):
        await client.get(requests.ME)
    if isinstance(error, AuthenticationError | errors.NotPermitted):
        return notice.REFUSED
    return notice.ABSENT if isinstance(error, errors.NotThere | errors.NoAccount) else notice.OTHER


async def sentence(client: SyncroClient, config: SyncroConfig) -> str:
    """What is wrong with the reading of customer purchases; empty where nothing is."""
    if not config.customer_purchases:
        return notice.message_of(notice.OFF) if await buys(client) else ""
    try:
        await client.get(requests.page(requests.PURCHASES, 1))
    except ConnectorError as error:
        return notice.message_of(await reason_of(client, error))
    return ""

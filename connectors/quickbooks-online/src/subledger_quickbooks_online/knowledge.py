"""What a sink knows of its company: read once, and again when it is old or lacks an account."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import Any, Final

from subledger.errors import ConnectorError
from subledger.model import Entity, Reference
from subledger.model.kinds import ACCOUNT
from subledger.model.references import references
from subledger_quickbooks_online.client import Client
from subledger_quickbooks_online.company import (
    Account,
    Company,
    account_of,
    closing_date_of,
    company_of,
)
from subledger_quickbooks_online.errors import rejected
from subledger_quickbooks_online.wire import requests
from subledger_quickbooks_online.wire.objects import object_of, queried
from subledger_quickbooks_online.wire.query import EVERYTHING, MOST, Select

_SETTINGS: Final = {
    "Department": ("location", "location"),
    "TaxCode": ("untaxed_code", "tax code"),
}
"""The settings that name entries: the setting, and the word for the entry."""
_FRESH: Final = dt.timedelta(minutes=15)
_JUST_NOW: Final = dt.timedelta(minutes=1)
"""Settings that were read for the closing date do for the company, too."""
Record = Mapping[str, Any]


async def pages(client: Client, select: Select) -> AsyncIterator[list[Record]]:
    """The pages of a query, until one is not full."""
    while True:
        found = queried(await client.get(requests.query(select)), select.entity)
        if found:
            yield found
        if len(found) < select.most:
            return
        select = select.after(len(found))


async def everything(client: Client, select: Select) -> list[Record]:
    """All objects of a query."""
    return [record async for page in pages(client, select) for record in page]


async def by_id(client: Client, entity: str, identifier: str) -> Record | None:
    """One object; None where it does not exist (any more)."""
    try:
        body = await client.get(requests.read(entity, identifier))
    except ConnectorError as error:
        if error.code == "610":
            return None
        raise
    found = object_of(body, entity)
    return None if found is None or found.get("status") == "Deleted" else found


class Knowledge:
    """The company of one client."""

    def __init__(
        self,
        client: Client,
        now: Callable[[], dt.datetime],
        *,
        location: str = "",
        untaxed: str = "",
    ) -> None:
        self._client = client
        self._now = now
        self._location = location
        self._untaxed = untaxed
        self._company: Company | None = None
        self._read_at: dt.datetime | None = None
        self._settings: tuple[dt.datetime, Record] | None = None
        self._missing: set[str] = set()
        self._reading = asyncio.Lock()

    async def company(self, entities: Iterable[Entity] = ()) -> Company:
        """The company, with every account that some entities name where it has that account."""
        wanted = {
            reference.id
            for entity in entities
            for _, reference in references(entity)
            if reference.kind == ACCOUNT and reference.id
        }
        async with self._reading:
            known, read_at = self._company, self._read_at
            fresh = read_at is not None and self._now() - read_at < _FRESH
            if known is not None and fresh and wanted - self._missing <= known.accounts.keys():
                return known
            company = await self._load()
            self._missing = wanted - company.accounts.keys()
            self._company, self._read_at = company, self._now()
            return company

    async def preferences(self) -> Record:
        """The company's settings as they are now."""
        answer = await self._client.get(requests.preferences())
        found = object_of(answer, "Preferences") or {}
        self._settings = (self._now(), found)
        return found

    async def _preferences(self) -> Record:
        if self._settings is not None and self._now() - self._settings[0] < _JUST_NOW:
            return self._settings[1]
        return await self.preferences()

    async def closing_date(self) -> dt.date | None:
        """The last day of the closed period as it is now."""
        return closing_date_of(await self.preferences())

    async def info(self) -> Record:
        """Name, country and subscription."""
        realm = await self._client.realm()
        return object_of(await self._client.get(requests.company_info(realm)), "CompanyInfo") or {}

    async def order_lines(self, order: Reference | None) -> tuple[str, ...]:
        """The line Ids of a purchase order, in order; none where it is gone."""
        found = await by_id(self._client, "PurchaseOrder", order.id) if order and order.id else None
        lines = found.get("Line") if found else None
        return tuple(str(line.get("Id", "")) for line in (lines if isinstance(lines, list) else ()))

    async def _load(self) -> Company:
        """Reads everything at once."""
        reads = (
            asyncio.ensure_future(self._preferences()),
            asyncio.ensure_future(self.info()),
            asyncio.ensure_future(self._accounts()),
            asyncio.ensure_future(self._named("Department", "FullyQualifiedName", self._location)),
            asyncio.ensure_future(self._named("TaxCode", "Name", self._untaxed)),
        )
        try:
            preferences, info, accounts, location, untaxed = await asyncio.gather(*reads)
        finally:
            for read in reads:
                read.cancel()
        return company_of(preferences, info, accounts, location=location, untaxed=untaxed)

    async def _accounts(self) -> dict[str, Account]:
        select = Select(entity="Account", where=(EVERYTHING,), most=MOST)
        found = [account_of(record) for record in await everything(self._client, select)]
        return {account.id: account for account in found}

    async def _named(self, entity: str, member: str, name: str) -> str:
        """The id of the entry that a setting of the connection names; empty where it names none."""
        if not name:
            return ""
        for record in await everything(self._client, Select(entity=entity)):
            if str(record.get(member, "")).casefold() == name.casefold():
                return str(record["Id"])
        setting, word = _SETTINGS[entity]
        raise rejected(
            "mapping_missing",
            f"{word} {name}",
            f"QuickBooks has no {word} {name}",
            f"Correct {setting} in the connection, or create it in QuickBooks.",
        )

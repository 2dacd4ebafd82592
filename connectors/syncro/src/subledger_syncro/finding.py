"""Looks for what may be in Syncro already: customers by name, payments by our marker."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from subledger.errors import RecordRejected
from subledger.model import Settlement
from subledger.model.marker import parse_marker
from subledger.ports import Absent, Delivery, Unknown
from subledger_syncro import checking, listing, party
from subledger_syncro.amounts import day, money, text
from subledger_syncro.client import SyncroClient
from subledger_syncro.config import SyncroConfig
from subledger_syncro.payment import invoices_of
from subledger_syncro.wire import dates, requests

Row = Mapping[str, Any]

_BEFORE: Final = dt.timedelta(days=2)


class Finder:
    """Searches of one sink. Raises ConnectorError subclasses for requests only."""

    no_customer = Absent("no customer of this name is in Syncro")

    def __init__(self, client: SyncroClient, config: SyncroConfig) -> None:
        self._client = client
        self._config = config

    async def customer(self, name: str) -> Row | None:
        """The customer of exactly this name, case and spaces aside; the oldest of several."""
        wanted = text(name).casefold()
        for request in (requests.customers_named(text(name)), requests.CUSTOMERS):
            found = [
                row
                async for row in listing.rows(self._client, request)
                if party.name_of(row).casefold() == wanted
            ]
            if found:
                return min(found, key=lambda row: int(row["id"]))
        return None

    async def payment(self, delivery: Delivery, payment: Settlement) -> Row | Absent | Unknown:
        """The payment that carries our marker.

        Without it a payment of the same customer, amount and invoices is a case for a person: it
        may be ours with another reference, or somebody's own.
        """
        zone = dates.tzinfo(await checking.time_zone(self._client, self._config))
        search = requests.payments_like(delivery.marker)
        async for row in listing.rows(self._client, search):
            if parse_marker(text(row.get("ref_num"))) == delivery.marker:
                return row
        alike: list[str] = []
        newest_first, last = True, ""
        async for page in listing.pages(self._client, requests.PAYMENTS):
            for row in page.rows:
                if parse_marker(text(row.get("ref_num"))) == delivery.marker:
                    return row
                if self._is_alike(row, payment, zone):
                    alike.append(str(row.get("id")))
                created = str(row.get("created_at") or "")
                newest_first = newest_first and (not last or created <= last)
                last = created
            if newest_first and self._is_before(last, payment.date, zone):
                break
        if alike:
            return Unknown(
                f"payment {alike[0]} in Syncro has the same customer, amount and invoices",
                decide=True,
            )
        return Absent("no payment with our reference is in Syncro")

    def _is_alike(self, row: Row, payment: Settlement, zone: dt.tzinfo) -> bool:
        try:
            amount = money(row.get("payment_amount"), "payment_amount", self._config.currency)
            date = day(row.get("applied_at") or row.get("created_at"), "applied_at", zone)
        except RecordRejected:
            return False
        customer = row.get("customer")
        payer = str(customer.get("id")) if isinstance(customer, Mapping) else payment.party.id
        return (
            amount == payment.amount
            and payer == payment.party.id
            and set(invoices_of(row)) == {one.document.id for one in payment.applications}
            and date >= payment.date
            and parse_marker(text(row.get("ref_num"))) is None
        )

    @staticmethod
    def _is_before(created: str, date: dt.date, zone: dt.tzinfo) -> bool:
        """Whether a moment lies so far before a day that nothing of that day is older."""
        try:
            return dates.moment(created).astimezone(zone).date() < date - _BEFORE
        except ValueError:
            return False

"""The Syncro sink: payments from the books, and a one-time import of their customers."""

import datetime as dt
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from subledger.errors import ConnectorError, RecordRejected
from subledger.findings import Finding
from subledger.manifest import Operation
from subledger.model import Party, Settlement
from subledger.model.kinds import CUSTOMER, PAYMENT
from subledger.money import Money
from subledger.ports import (
    BookDocument,
    BookEntry,
    Context,
    Delivery,
    Outcome,
    Posted,
    Query,
    Question,
    Refused,
    Unknown,
)
from subledger_syncro import books, checking, errors, listing, render
from subledger_syncro.client import SyncroClient
from subledger_syncro.config import SyncroConfig
from subledger_syncro.finding import Finder
from subledger_syncro.wire import answers, dates, requests
from subledger_syncro.wire.answers import Row

_SOON: Final = 60.0


@asynccontextmanager
async def open_sink(config: SyncroConfig, context: Context) -> AsyncIterator["SyncroSink"]:
    """A sink for one connection."""
    client = SyncroClient(
        host=config.host,
        token=config.api_token,
        context=context,
        per_minute=config.requests_per_minute,
    )
    yield SyncroSink(config, client)


class SyncroSink:
    """One account. Raises ConnectorError subclasses only."""

    def __init__(self, config: SyncroConfig, client: SyncroClient) -> None:
        self._config = config
        self._client = client
        self._finder = Finder(client, config)

    async def check(self) -> Sequence[str]:
        """Says whose token it is and which permissions it lacks for writing."""
        return await checking.sentences(self._client, self._config, writes=True)

    async def deliver(self, deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        """Writes one after the other; a customer that is there already is taken instead."""
        return [await self._deliver(delivery) for delivery in deliveries]

    async def _deliver(self, delivery: Delivery) -> Outcome:
        refusal = self._refusal(delivery)
        if refusal is not None:
            return Refused(finding=refusal)
        try:
            if isinstance(delivery.entity, Party):
                return await self._create_customer(delivery.entity)
            return await self._create_payment(delivery)
        except errors.OutcomeUnknown as error:
            return Unknown(error.detail)
        except RecordRejected as error:
            finding = _finding(error.category, error.field, error)
            return Refused(finding=finding)
        except errors.Invalid as error:
            return Refused(finding=_finding("validation", delivery.kind, error), code=error.code)
        except errors.NotPermitted as error:
            return Refused(finding=_finding("permission", delivery.kind, error), code=error.code)
        except errors.NotThere as error:
            return Refused(finding=_finding("validation", delivery.kind, error), again=_SOON)

    def _refusal(self, delivery: Delivery) -> Finding | None:
        if delivery.operation is not Operation.CREATE or delivery.kind not in (PAYMENT, CUSTOMER):
            return Finding(
                category="validation",
                subject=f"{delivery.operation} {delivery.kind}",
                message=f"Syncro's API cannot {delivery.operation} a {delivery.kind}",
                hint="Do it in Syncro by hand, then skip this record.",
            )
        if delivery.kind == PAYMENT and self._config.payments != "from_books":
            return Finding(
                category="excluded",
                subject="setting payments",
                message=f'payments = "{self._config.payments}" lets none into Syncro',
                hint='Set payments = "from_books"; payments out of Syncro end with that.',
            )
        return None

    async def _create_payment(self, delivery: Delivery) -> Outcome:
        request = render.payment_request(delivery, self._config)
        body = await self._client.send(request)
        row = answers.record_of(body, "payment")
        if row is None:
            return Unknown("The answer to a payment did not show it.")
        if row.get("success") is False:
            return Refused(
                finding=Finding(
                    category="validation",
                    subject="payment",
                    message="Syncro recorded the payment as declined",
                    detail=str(row.get("transaction_response") or ""),
                )
            )
        return self._posted(delivery, row)

    def _posted(self, delivery: Delivery, row: Row, *, recovered: bool = False) -> Posted:
        entity = delivery.entity
        account = entity.account if isinstance(entity, Settlement) else None
        return Posted(
            type=books.PAYMENT_TYPE,
            id=str(row["id"]),
            guard=str(row.get("updated_at") or ""),
            amount=self._told(row),
            account=account.name if account else "",
            recovered=recovered,
        )

    def _told(self, row: Row) -> Money | None:
        """The amount that Syncro took; None where it cannot be read, since it took it anyway."""
        try:
            return books.effect_of_payment(row, self._config.currency)
        except RecordRejected:
            return None

    async def _create_customer(self, customer: Party) -> Outcome:
        found = await self._finder.customer(customer.name)
        if found is None:
            body = await self._client.send(render.customer_request(customer))
            found = answers.record_of(body, "customer")
            if found is None:
                return Unknown("The answer to a customer did not show it.")
            return self._entered(found)
        return self._entered(found, recovered=True)

    @staticmethod
    def _entered(row: Row, *, recovered: bool = False) -> Posted:
        return Posted(
            type=books.CUSTOMER_TYPE,
            id=str(row["id"]),
            guard=str(row.get("updated_at") or ""),
            entry=books.entry_of_customer(row),
            recovered=recovered,
        )

    async def find(self, delivery: Delivery) -> Outcome:
        """Looks for what may have been written: by our marker in the reference, or by name."""
        entity = delivery.entity
        if isinstance(entity, Party):
            found = await self._finder.customer(entity.name)
            return (
                self._finder.no_customer if found is None else self._entered(found, recovered=True)
            )
        if not isinstance(entity, Settlement):
            return Unknown(f"a {delivery.kind} is never written", decide=True)
        outcome = await self._finder.payment(delivery, entity)
        return (
            outcome
            if isinstance(outcome, Outcome)
            else self._posted(delivery, outcome, recovered=True)
        )

    async def closing_date(self) -> dt.date | None:
        """None: Syncro closes no periods."""
        return None

    async def read(
        self, question: Question
    ) -> AsyncIterator[tuple[Sequence[BookEntry], Sequence[BookDocument]]]:
        """Customers and payment methods, or the payments of a period."""
        if question.query is Query.LISTS:
            async for page in listing.pages(self._client, requests.CUSTOMERS):
                yield [books.entry_of_customer(row) for row in page.rows], ()
            body = await self._client.get(requests.METHODS)
            methods = answers.rows_of(body, requests.METHODS.rows) or ()
            yield [books.entry_of_method(row) for row in methods], ()
            return
        zone = dates.tzinfo(await checking.time_zone(self._client, self._config))
        async for page in listing.pages(self._client, requests.PAYMENTS):
            documents = [
                document
                for row in page.rows
                if (
                    document := books.document_of_payment(
                        row, account=question.account, currency=self._config.currency, zone=zone
                    )
                )
                and (question.since is None or document.date >= question.since)
                and (question.until is None or document.date <= question.until)
            ]
            yield (), documents


def _finding(category: str, subject: str, error: ConnectorError) -> Finding:
    return Finding(
        category=category,
        subject=subject,
        message=error.message.rstrip("."),
        hint=error.hint,
        detail=error.detail,
    )

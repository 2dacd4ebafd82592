"""The sink: writes deliveries one by one or in batches, settles lost answers, reads the books."""

import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager

from subledger.errors import (
    AuthenticationError,
    RecordRejected,
    TemporaryError,
)
from subledger.findings import Finding
from subledger.manifest import Operation
from subledger.model.kinds import ATTACHMENT
from subledger.ports import (
    BookDocument,
    BookEntry,
    Context,
    Delivery,
    Outcome,
    Query,
    Question,
    Refused,
    Unknown,
)
from subledger_quickbooks_online import errors
from subledger_quickbooks_online.attachments import Attachments
from subledger_quickbooks_online.client import Client
from subledger_quickbooks_online.company import Company
from subledger_quickbooks_online.config import QuickBooksOnlineConfig
from subledger_quickbooks_online.errors import Lost
from subledger_quickbooks_online.interpret import token_of
from subledger_quickbooks_online.knowledge import Knowledge
from subledger_quickbooks_online.reading import lists
from subledger_quickbooks_online.reading_documents import documents
from subledger_quickbooks_online.recovery import Recovery
from subledger_quickbooks_online.render import SPARSE, Action, Write
from subledger_quickbooks_online.render_money import Style
from subledger_quickbooks_online.wire import batch
from subledger_quickbooks_online.wire.faults import faults_of
from subledger_quickbooks_online.writing import Writer, refused_of

Ready = tuple[Delivery, Write, Company]


class QuickBooksOnlineSink:
    """The books of one company. Implements :class:`subledger.ports.Sink`."""

    def __init__(self, config: QuickBooksOnlineConfig, context: Context) -> None:
        self._client = Client(config, context)
        self._now = context.runtime.now
        self._knowledge = Knowledge(
            self._client, self._now, location=config.location, untaxed=config.untaxed_code
        )
        style = Style(bank_payments=config.bank_payments, transfers=config.transfers)
        self._writer = Writer(self._client, self._knowledge, style)
        self._attachments = Attachments(self._client)
        self._recovery = Recovery(self._client, self._writer, self._repeat)

    async def check(self) -> Sequence[str]:
        """Reads the company's name and settings; returns what is worth knowing."""
        company = await self._knowledge.company()
        realm = await self._client.realm()
        sentences = [f"{company.name}: company {realm}, {company.currency}."]
        if company.closing_date is not None:
            sentences.append(f"The books are closed up to {company.closing_date}.")
        if company.applies_credits:
            sentences.append(
                "QuickBooks pays invoices with credit memos by itself, before payments of ours "
                'come: switch "Automatically apply credits" off (settings, Advanced, Automation).'
            )
        sentences.append(f"{len(company.accounts)} accounts.")
        return sentences

    async def closing_date(self) -> dt.date | None:
        """The last day of the closed period; None where the books are open."""
        return await self._knowledge.closing_date()

    async def deliver(self, deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        """Writes deliveries that do not depend on each other; one outcome each, in order."""
        outcomes: dict[int, Outcome] = {}
        together: list[Ready] = []
        alone: list[Ready] = []
        files = [delivery for delivery in deliveries if delivery.kind == ATTACHMENT]
        for delivery in deliveries:
            if delivery.kind == ATTACHMENT:
                continue
            try:
                write, company = await self._writer.prepare(delivery)
            except RecordRejected as error:
                outcomes[delivery.effect] = refused_of(error)
            else:
                ready = (delivery, write, company)
                (together if _goes_together(delivery, write) else alone).append(ready)
        sent = False
        if together:
            for each, outcome in zip(together, await self._batch(together), strict=True):
                outcomes[each[0].effect] = outcome
            sent = True
        for ready in alone:
            outcomes[ready[0].effect] = await self._after(sent, self._writer.write(*ready))
            sent = True
        for delivery in files:
            outcomes[delivery.effect] = await self._after(sent, self._file(delivery))
            sent = True
        return [outcomes[delivery.effect] for delivery in deliveries]

    async def find(self, delivery: Delivery) -> Outcome:
        """Settles a lost outcome: by what the books hold, else by the same write once more."""
        try:
            if delivery.kind == ATTACHMENT:
                if delivery.operation is Operation.CREATE:
                    return await self._attachments.find(delivery)
                return await self._attachments.remove(delivery)
            write, company = await self._writer.prepare(delivery)
            return await self._recovery.find(delivery, write, company)
        except RecordRejected as error:
            # it was sent, so that what is wrong with it now proves nothing
            return Unknown(f"it cannot be looked for: {error.message}", decide=True)
        except Lost as error:
            return Unknown(error.message)

    async def read(
        self, question: Question
    ) -> AsyncIterator[tuple[Sequence[BookEntry], Sequence[BookDocument]]]:
        """The answer to a question, page by page.

        The position of a question for lists is the moment of the last whole answer: with it, only
        what changed since is read.
        """
        if question.query is Query.LISTS:
            async for entries in lists(self._client, question.position, self._now()):
                yield entries, ()
            return
        company = await self._knowledge.company()
        async for found in documents(self._client, question, company, self._now()):
            yield (), found

    async def _file(self, delivery: Delivery) -> Outcome:
        if delivery.operation is Operation.CREATE:
            return await self._attachments.deliver(delivery)
        return await self._attachments.remove(delivery)

    async def _repeat(self, delivery: Delivery, write: Write, company: Company) -> Outcome:
        if _goes_together(delivery, write):
            return (await self._batch([(delivery, write, company)]))[0]
        return await self._writer.write(delivery, write, company)

    async def _batch(self, ready: Sequence[Ready]) -> list[Outcome]:
        """Several writes in one request; raises where certainly nothing was written."""
        items = [_item(delivery, write) for delivery, write, _ in ready]
        request = batch.request(items, ready[0][0].batch)
        try:
            answer = await self._client.send(request)
        except Lost as error:
            return [Unknown(error.message)] * len(ready)
        if answer.faults or answer.body is None:
            fault = errors.worst(answer.faults)
            return [Refused(finding=errors.finding_of(fault), code=fault.code)] * len(ready)
        answers = batch.answers(answer.body)
        good = [
            (delivery, write, own)
            for delivery, write, _ in ready
            if (own := answers.get(str(delivery.place))) is not None and not faults_of(own)
        ]
        self._writer.learn(good)
        joined = await self._writer.join(good)
        outcomes: list[Outcome] = []
        for delivery, write, company in ready:
            own = answers.get(str(delivery.place))
            if own is None:
                outcomes.append(Unknown("QuickBooks' answer leaves this one out"))
                continue
            judged = self._writer.judge(
                *(delivery, write, company, own, list(faults_of(own))),
                joined=joined.get(delivery.effect),
            )
            outcomes.append(await self._after(True, judged))
        return outcomes

    @staticmethod
    async def _after(sent: bool, write: Awaitable[Outcome]) -> Outcome:
        """An outcome; where others were sent before it, trouble is an outcome too."""
        try:
            return await write
        except RecordRejected as error:
            return refused_of(error)
        except Lost as error:
            return Unknown(error.message)
        except (TemporaryError, AuthenticationError) as error:
            if not sent:
                raise
            return _later(error)


def _later(error: TemporaryError | AuthenticationError) -> Refused:
    """What certainly was not written, where others were."""
    category = "auth_expired" if isinstance(error, AuthenticationError) else "rate_limited"
    seconds = error.retry_after if isinstance(error, TemporaryError) else None
    return Refused(
        finding=Finding(category=category, subject="QuickBooks Online", message=error.message),
        again=seconds or errors.AGAIN,
    )


def _goes_together(delivery: Delivery, write: Write) -> bool:
    """Whether a write goes into a batch: what needs no other request before or after it."""
    if not delivery.batch:
        return False
    return write.action is Action.CREATE or (
        write.action is Action.UPDATE and write.entity in SPARSE
    )


def _item(delivery: Delivery, write: Write) -> batch.Item:
    body = write.body
    if write.action is Action.UPDATE:
        body = {**body, "Id": write.id, "SyncToken": token_of(write.guard), "sparse": True}
    return batch.Item(
        id=str(delivery.place), operation=write.action.value, entity=write.entity, body=body
    )


@asynccontextmanager
async def open_sink(
    config: QuickBooksOnlineConfig, context: Context
) -> AsyncIterator[QuickBooksOnlineSink]:
    """The sink of one company."""
    yield QuickBooksOnlineSink(config, context)

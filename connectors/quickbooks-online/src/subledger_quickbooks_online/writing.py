"""One write to QuickBooks, and what its answer calls for: look, read again, try once more."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from attrs import evolve

from subledger.errors import RecordRejected, TemporaryError
from subledger.findings import Finding
from subledger.model import Document
from subledger.model.kinds import PAYMENT, PURCHASE, REFUND
from subledger.model.marker import parse_marker
from subledger.ports import Delivery, Outcome, Posted, Refused, Target, Unknown
from subledger_quickbooks_online import errors
from subledger_quickbooks_online.client import Client
from subledger_quickbooks_online.company import Company
from subledger_quickbooks_online.errors import Fate, Lost, finding_of
from subledger_quickbooks_online.inactive import Inactive
from subledger_quickbooks_online.interpret import (
    guard_of,
    holds,
    posted,
    removed,
    token_of,
    was_edited,
)
from subledger_quickbooks_online.knowledge import Knowledge, by_id
from subledger_quickbooks_online.names import Names
from subledger_quickbooks_online.parts import Body
from subledger_quickbooks_online.postings import Record, number
from subledger_quickbooks_online.refunds import Joined, Refunds
from subledger_quickbooks_online.render import LISTS, SPARSE, Action, Write, render
from subledger_quickbooks_online.render_money import Style
from subledger_quickbooks_online.wire import requests
from subledger_quickbooks_online.wire.faults import Fault
from subledger_quickbooks_online.wire.objects import object_of
from subledger_quickbooks_online.wire.requests import Request

_TAKEN_BY: Final = re.compile(r"TxnId=(\d+)")
_COMPUTED: Final = frozenset(
    {*("Line", "LinkedTxn", "TxnTaxDetail", "TotalAmt", "Balance", "MetaData", "domain", "sparse")}
)
_TOO_MUCH: Final = frozenset({"620", "6000"})
"""The codes with which a payment is refused for an invoice that has less to pay."""
_BY_ITSELF: Final = (
    "QuickBooks may have paid the invoice with a credit memo by itself: delete that payment over "
    '0.00, switch "Automatically apply credits" off (settings, Advanced, Automation), then retry.'
)
_ONCE_MORE: Final = "r"
"""What is added to the key of an attempt for a second one, after a clear refusal of the first."""


class Writer:
    """Writes documents and list entries, one at a time."""

    def __init__(self, client: Client, knowledge: Knowledge, style: Style) -> None:
        self._client = client
        self._knowledge = knowledge
        self._style = style
        self._names = Names(client)
        self._refunds = Refunds(client)
        self._inactive = Inactive(client)

    async def prepare(self, delivery: Delivery) -> tuple[Write, Company]:
        """The write of a delivery. Raises :class:`RecordRejected`, and where nothing was read."""
        entity = delivery.entity
        company = await self._knowledge.company([entity])
        lines: Sequence[str] = ()
        if isinstance(entity, Document) and entity.order is not None:
            lines = await self._knowledge.order_lines(entity.order)
        return render(delivery, company, self._style, order_lines=lines), company

    async def write(self, delivery: Delivery, write: Write, company: Company) -> Outcome:
        """Sends a write by itself.

        Raises TemporaryError where certainly nothing was written, AuthenticationError where the
        connection is down.
        """
        if write.action is Action.DELETE and delivery.kind == REFUND:
            await self._refunds.part(delivery)
        return await self._write(delivery, write, company, delivery.attempt_key, again=True)

    def learn(self, answered: Sequence[tuple[Delivery, Write, Record]]) -> None:
        """Keeps the names of what one batch created in mind: another one may not get them."""
        for _, write, body in answered:
            record = object_of(body, write.entity) if write.action is Action.CREATE else None
            if record is not None:
                self._names.created(write.entity, record)

    async def join(
        self, answered: Sequence[tuple[Delivery, Write, Record]]
    ) -> Mapping[int, Joined]:
        """Joins the refunds among the writes of one batch that were answered well, by effect."""
        posted_ = [
            (delivery, record)
            for delivery, write, body in answered
            if delivery.kind == REFUND
            and write.action is Action.CREATE
            and (record := object_of(body, write.entity)) is not None
            and record.get("Id")
        ]
        return await self._refunds.join_all(posted_) if posted_ else {}

    async def judge(
        self,
        delivery: Delivery,
        write: Write,
        company: Company,
        body: Record,
        faults: list[Fault],
        *,
        joined: Joined | None = None,
    ) -> Outcome:
        """The outcome of a write that went out with others, its refund ``joined`` with theirs."""
        if not faults:
            return await self._done(delivery, write, company, body, joined=joined)
        row = errors.row_of(errors.worst(faults).code)
        if row.fate >= Fate.LATER:
            finding = finding_of(errors.worst(faults))
            if row.fate is Fate.UNKNOWN:
                return Unknown(finding.message)
            return Refused(finding=finding, again=errors.AGAIN, code=errors.worst(faults).code)
        return await self._faulted(delivery, write, company, faults, again=True)

    async def _write(
        self, delivery: Delivery, write: Write, company: Company, key: str, *, again: bool
    ) -> Outcome:
        request = await self._request(delivery, write, company, key)
        if not isinstance(request, Request):
            return request
        try:
            answer = await self._client.send(request)
        except Lost as error:
            return Unknown(f"{error.message} {error.detail}".strip())
        if answer.faults or answer.body is None:
            return await self._faulted(delivery, write, company, list(answer.faults), again=again)
        return await self._done(delivery, write, company, answer.body)

    async def _request(
        self, delivery: Delivery, write: Write, company: Company, key: str
    ) -> Request | Outcome:
        name = write.entity
        if write.action is Action.CREATE:
            return requests.write(name, write.body, key, same_number=write.same_number)
        pointer: Body = {"Id": write.id, "SyncToken": token_of(write.guard)}
        if write.action is Action.DELETE:
            return requests.delete(name, pointer, key)
        if write.action is Action.VOID:
            return requests.void(name, pointer, key)
        if name in SPARSE:
            return requests.write(name, {**write.body, **pointer, "sparse": True}, key)
        current = await by_id(self._client, name, write.id)
        if current is None:
            return gone(write)
        if str(current.get("SyncToken")) != pointer["SyncToken"] and was_edited(
            current, write.guard
        ):
            return await self._overtaken(delivery, write, company, current)
        kept = {key_: value for key_, value in current.items() if key_ not in _COMPUTED}
        newest = {"Id": write.id, "SyncToken": str(current.get("SyncToken", ""))}
        return requests.write(name, {**kept, **write.body, **newest}, key)

    async def _done(
        self,
        delivery: Delivery,
        write: Write,
        company: Company,
        body: Record,
        *,
        joined: Joined | None = None,
    ) -> Outcome:
        if write.action in (Action.DELETE, Action.VOID):
            return removed(write.entity, delivery)
        record = object_of(body, write.entity)
        if record is None or not record.get("Id"):
            return Unknown("QuickBooks took it, but did not return it")
        if write.body == {"Active": False}:
            return evolve(
                removed(write.entity, delivery),
                entry=posted(write.entity, record, delivery, company).entry,
            )
        if joined is None:
            try:
                joined = await self._refunds.join(delivery, record)
            except TemporaryError as error:
                joined = Unknown(f"{error.message} {error.detail}".strip())
        if isinstance(joined, Unknown):  # found again, it is joined where it is not yet
            return joined
        return posted(write.entity, record, delivery, company, warnings=joined)

    async def recovered(
        self, delivery: Delivery, write: Write, company: Company, record: Record
    ) -> Posted:
        """The outcome of a write whose result was found in the books."""
        warnings = await self._refunds.join(delivery, record, look=True)
        return posted(write.entity, record, delivery, company, recovered=True, warnings=warnings)

    async def _faulted(
        self,
        delivery: Delivery,
        write: Write,
        company: Company,
        faults: list[Fault],
        *,
        again: bool,
    ) -> Outcome:
        fault = errors.worst(faults) if faults else Fault(code="")
        fate = errors.row_of(fault.code).fate
        hint = _BY_ITSELF if _is_paid_already(delivery, company, fault) else ""
        refused = Refused(finding=finding_of(fault, hint=hint), code=fault.code)
        if fate is Fate.STALE and again and write.action is not Action.CREATE:
            return await self._stale(delivery, write, company, refused)
        if fate is Fate.GONE:
            return await self._gone(delivery, write, refused)
        if fate is Fate.TAKEN_NUMBER:
            other = await self._numbered(write, fault)
            if other is not None and _marker(other) == delivery.marker:
                return await self.recovered(delivery, write, company, other)
            if again and _may_repeat(delivery, write, other):
                same = evolve(write, same_number=True)
                key = delivery.attempt_key + _ONCE_MORE
                return await self._write(delivery, same, company, key, again=False)
            return _named(write, other, refused)
        if fate is Fate.TAKEN_NAME and write.action is Action.CREATE:
            found = await self._names.owner(write.entity, write.body)
            if found is not None and found.is_same and found.active:
                return await self.recovered(delivery, write, company, found.record)
            return (
                evolve(refused, finding=evolve(refused.finding, hint=found.hint))
                if found
                else refused
            )
        return refused

    async def _stale(
        self, delivery: Delivery, write: Write, company: Company, refused: Refused
    ) -> Outcome:
        """Somebody was there before us: a person's edit stands, our own later document does not."""
        current = await by_id(self._client, write.entity, write.id)
        if current is None:
            return gone(write) if write.action is Action.UPDATE else removed(write.entity, delivery)
        if was_edited(current, write.guard):
            return await self._overtaken(delivery, write, company, current, refused)
        newest = evolve(
            write, guard=f"{current.get('SyncToken', '')}:{write.guard.partition(':')[2]}"
        )
        key = delivery.attempt_key + _ONCE_MORE
        return await self._write(delivery, newest, company, key, again=False)

    async def _overtaken(
        self,
        delivery: Delivery,
        write: Write,
        company: Company,
        current: Record,
        refused: Refused | None = None,
    ) -> Outcome:
        """Our own write that was slow to arrive, where it says what we want; else a person."""
        if write.action is Action.UPDATE and holds(current, write.body):
            return await self.recovered(delivery, write, company, current)
        return edited(write, refused)

    async def _gone(self, delivery: Delivery, write: Write, refused: Refused) -> Outcome:
        is_new = write.action is Action.CREATE
        if is_new or await by_id(self._client, write.entity, write.id) is not None:
            return await self._inactive.named(write.body, refused)
        if write.action is Action.UPDATE and write.body != {"Active": False}:
            return gone(write)
        return removed(write.entity, delivery)

    async def _numbered(self, write: Write, fault: Fault) -> Record | None:
        """The document that has the number, as far as the fault tells."""
        match = _TAKEN_BY.search(fault.detail)
        if match is None or write.action is not Action.CREATE:
            return None
        return await by_id(self._client, write.entity, match[1])


def _is_paid_already(delivery: Delivery, company: Company, fault: Fault) -> bool:
    """Whether QuickBooks' own use of credits may be why a payment has nothing to pay."""
    return company.applies_credits and delivery.kind == PAYMENT and fault.code in _TOO_MUCH


def _marker(record: Record) -> str | None:
    return parse_marker(str(record.get("PrivateNote", "")))


def _may_repeat(delivery: Delivery, write: Write, other: Record | None) -> bool:
    """Whether a number that is in use says nothing about who a document is.

    That of money that was spent is a reference of the payment. That of goods tells them apart,
    except from what was posted for another record: card transactions are numbered beside them.
    """
    if write.entity != "Purchase":
        return False
    return delivery.kind != PURCHASE or (other is not None and _marker(other) is not None)


def _named(write: Write, other: Record | None, refused: Refused) -> Refused:
    """The refusal with the document that has the number, so that a person can find it."""
    if other is None:
        return refused
    what = (
        f"{write.entity} {other.get('DocNumber', '')} of {other.get('TxnDate', '')} over "
        f"{number(other.get('TotalAmt')):f}"
    )
    hint = (
        f"QuickBooks holds {what}: link this record to it, skip the record, change its number "
        "in the source, or delete the other document."
    )
    existing = Target(type=write.entity, id=str(other.get("Id", "")), guard=guard_of(other))
    return evolve(refused, finding=evolve(refused.finding, hint=hint), existing=existing)


def gone(write: Write) -> Refused:
    """The document that was to be changed is not in the books any more."""
    return Refused(
        finding=Finding(
            category="missing_in_books",
            subject=f"{write.entity} {write.id}",
            message=f"{write.entity} {write.id} was posted, but it was deleted in QuickBooks",
        ),
        code="610",
    )


def edited(write: Write, refused: Refused | None = None) -> Refused:
    """A person edited the document since it was written."""
    said = refused.finding.detail if refused else ""
    return Refused(
        finding=Finding(
            category="changed_in_books",
            subject=f"{write.entity} {write.id}",
            message=f"{write.entity} {write.id} was edited in QuickBooks since it was posted",
            detail=said,
        ),
        code="5010",
    )


def refused_of(error: RecordRejected) -> Refused:
    """The outcome of a document that cannot be written; nothing was sent."""
    return Refused(finding=errors.finding_of_rejection(error), code=error.code)


def is_list(write: Write) -> bool:
    """Whether it is about a list entry, which is found again by its name."""
    return write.entity in LISTS

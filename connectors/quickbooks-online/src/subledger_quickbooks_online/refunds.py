"""Joins a refund to the credit that it pays back, by a payment without money, and parts them."""

from collections.abc import Mapping, Sequence
from typing import Final

from attrs import frozen

from subledger.errors import ConnectorError, TemporaryError
from subledger.findings import Finding
from subledger.model import Settlement
from subledger.model.kinds import REFUND
from subledger.ports import Delivery, Unknown
from subledger_quickbooks_online import errors
from subledger_quickbooks_online.client import Client
from subledger_quickbooks_online.errors import Fate
from subledger_quickbooks_online.knowledge import everything
from subledger_quickbooks_online.parts import Body
from subledger_quickbooks_online.postings import Record
from subledger_quickbooks_online.render_sales import joining_note, refund_link
from subledger_quickbooks_online.wire import batch, requests
from subledger_quickbooks_online.wire.faults import Fault, faults_of
from subledger_quickbooks_online.wire.query import Select, quoted

_LINK: Final = "l"
"""What is added to the key of an attempt, or of a batch, for the request that belongs to it."""

Joined = tuple[Finding, ...] | Unknown
"""The warnings of a refund that was to be joined; Unknown where its answer was lost."""


@frozen
class Refunds:
    """The joining payments of one company. They move no money: a refusal is a warning."""

    client: Client

    async def join(
        self, delivery: Delivery, record: Record, *, look: bool = False
    ) -> tuple[Finding, ...]:
        """Joins a posted refund to its credits; with ``look``, unless it is joined already.

        Raises TemporaryError where that has to be looked at later.
        """
        body = _body(delivery, record)
        if body is None:
            return ()
        try:
            if look and await self._joining(delivery):
                return ()
        except TemporaryError:
            raise
        except ConnectorError as error:
            return (_not_joined(delivery, error.message),)
        joined = await self._joined(delivery, body)
        if isinstance(joined, Unknown):
            raise TemporaryError(joined.reason)
        return joined

    async def _joined(self, delivery: Delivery, body: Body) -> Joined:
        if delivery.batch:
            return (await self._together([(delivery, body)]))[delivery.effect]
        try:
            request = requests.write("Payment", body, delivery.attempt_key + _LINK)
            answer = await self.client.send(request)
        except TemporaryError as error:
            return Unknown(f"{error.message} {error.detail}".strip())
        except ConnectorError as error:
            return (_not_joined(delivery, error.message),)
        return _warnings(delivery, answer.faults, good=answer.is_good)

    async def join_all(self, posted: Sequence[tuple[Delivery, Record]]) -> Mapping[int, Joined]:
        """Joins refunds that were posted in one batch, in one request; by effect."""
        bodies = [(delivery, _body(delivery, record)) for delivery, record in posted]
        wanted = [(delivery, body) for delivery, body in bodies if body is not None]
        none: dict[int, Joined] = {delivery.effect: () for delivery, _ in posted}
        return {**none, **(await self._together(wanted) if wanted else {})}

    async def _together(self, wanted: Sequence[tuple[Delivery, Body]]) -> dict[int, Joined]:
        items = [
            batch.Item(id=str(delivery.place), operation="create", entity="Payment", body=body)
            for delivery, body in wanted
        ]
        try:
            answer = await self.client.send(batch.request(items, wanted[0][0].batch + _LINK))
        except TemporaryError as error:
            lost = Unknown(f"{error.message} {error.detail}".strip())
            return {delivery.effect: lost for delivery, _ in wanted}
        except ConnectorError as error:
            return {each.effect: (_not_joined(each, error.message),) for each, _ in wanted}
        if answer.faults or answer.body is None:
            return {each.effect: _warnings(each, answer.faults, good=False) for each, _ in wanted}
        answers = batch.answers(answer.body)
        return {each.effect: _judged(each, answers.get(str(each.place))) for each, _ in wanted}

    async def part(self, delivery: Delivery) -> None:
        """Deletes the payments that join a refund, so that its credits are free again.

        What cannot be deleted stays: the refund itself then says why it cannot go.
        """
        for number, payment in enumerate(await self._joining(delivery)):
            key = f"{delivery.attempt_key}{_LINK}{number}"
            pointer = {"Id": payment["Id"], "SyncToken": payment["SyncToken"]}
            await self.client.send(requests.delete("Payment", pointer, key))

    async def _joining(self, delivery: Delivery) -> list[Record]:
        refund = delivery.entity
        if not isinstance(refund, Settlement):
            return []
        where = (f"TxnDate = {quoted(refund.date.isoformat())}",)
        note = joining_note(delivery.marker)
        found = await everything(self.client, Select(entity="Payment", where=where))
        return [payment for payment in found if payment.get("PrivateNote") == note]


def _body(delivery: Delivery, record: Record) -> Body | None:
    """The joining payment of a new refund; None where there is nothing to join."""
    refund = delivery.entity
    if not isinstance(refund, Settlement) or refund.kind != REFUND or delivery.target:
        return None
    return refund_link(refund, record, delivery.marker)


def _judged(delivery: Delivery, own: Record | None) -> Joined:
    if own is None:
        return Unknown("QuickBooks' answer leaves the payment that joins the refund out")
    faults = faults_of(own)
    if faults and errors.row_of(errors.worst(faults).code).fate >= Fate.LATER:
        return Unknown(errors.worst(faults).text)
    return _warnings(delivery, faults, good=not faults)


def _warnings(delivery: Delivery, faults: Sequence[Fault], *, good: bool) -> tuple[Finding, ...]:
    if good:
        return ()
    return (_not_joined(delivery, errors.worst(faults).text if faults else "no answer"),)


def _not_joined(delivery: Delivery, reason: str) -> Finding:
    return Finding(
        category="dependency",
        subject=f"refund {delivery.entity.id}",
        message=f"the refund is posted, but not joined to its credit memo: {reason}",
        hint="Open Receive payment for the customer in QuickBooks and select both.",
    )

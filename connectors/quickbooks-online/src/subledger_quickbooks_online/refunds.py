"""Joins a refund to the credit that it pays back, by a payment without money, and parts them."""

from typing import Final

from attrs import frozen

from subledger.errors import ConnectorError, TemporaryError
from subledger.findings import Finding
from subledger.model import Settlement
from subledger.model.kinds import REFUND
from subledger.ports import Delivery
from subledger_quickbooks_online import errors
from subledger_quickbooks_online.client import Client
from subledger_quickbooks_online.knowledge import everything
from subledger_quickbooks_online.postings import Record
from subledger_quickbooks_online.render_sales import joining_note, refund_link
from subledger_quickbooks_online.wire import requests
from subledger_quickbooks_online.wire.query import Select, quoted

_LINK: Final = "l"
"""What is added to the key of an attempt for the request that belongs to it."""


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
        refund = delivery.entity
        if not isinstance(refund, Settlement) or refund.kind != REFUND or delivery.target:
            return ()
        body = refund_link(refund, record, delivery.marker)
        if body is None:
            return ()
        try:
            if look and await self._joining(delivery, refund):
                return ()
            request = requests.write("Payment", body, delivery.attempt_key + _LINK)
            answer = await self.client.send(request)
        except TemporaryError:
            raise
        except ConnectorError as error:
            reason = error.message
        else:
            if answer.is_good:
                return ()
            reason = errors.worst(answer.faults).text if answer.faults else "no answer"
        return (
            Finding(
                category="dependency",
                subject=f"refund {refund.id}",
                message=f"the refund is posted, but not joined to its credit memo: {reason}",
                hint="Open Receive payment for the customer in QuickBooks and select both.",
            ),
        )

    async def part(self, delivery: Delivery) -> None:
        """Deletes the payments that join a refund, so that its credits are free again.

        What cannot be deleted stays: the refund itself then says why it cannot go.
        """
        refund = delivery.entity
        if not isinstance(refund, Settlement):
            return
        for number, payment in enumerate(await self._joining(delivery, refund)):
            key = f"{delivery.attempt_key}{_LINK}{number}"
            pointer = {"Id": payment["Id"], "SyncToken": payment["SyncToken"]}
            await self.client.send(requests.delete("Payment", pointer, key))

    async def _joining(self, delivery: Delivery, refund: Settlement) -> list[Record]:
        where = (f"TxnDate = {quoted(refund.date.isoformat())}",)
        note = joining_note(delivery.marker)
        found = await everything(self.client, Select(entity="Payment", where=where))
        return [payment for payment in found if payment.get("PrivateNote") == note]

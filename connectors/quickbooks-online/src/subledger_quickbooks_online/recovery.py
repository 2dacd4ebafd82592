"""Settles a write whose answer was lost: look for it, else repeat it under the same key."""

from collections.abc import Awaitable, Callable

from attrs import evolve, frozen

from subledger.findings import Finding
from subledger.model.marker import parse_marker
from subledger.ports import Delivery, Outcome, Posted, Refused
from subledger_quickbooks_online.client import Client
from subledger_quickbooks_online.company import Company
from subledger_quickbooks_online.interpret import holds, is_void, removed
from subledger_quickbooks_online.knowledge import by_id, everything
from subledger_quickbooks_online.names import Names
from subledger_quickbooks_online.postings import Record
from subledger_quickbooks_online.render import Action, Write
from subledger_quickbooks_online.wire.query import Select, quoted
from subledger_quickbooks_online.writing import Writer, gone, is_list

Repeat = Callable[[Delivery, Write, Company], Awaitable[Outcome]]
"""Sends a write again exactly as it was sent, under the same key."""


@frozen
class Recovery:
    """Looks for what a lost write did."""

    client: Client
    writer: Writer
    repeat: Repeat

    async def find(self, delivery: Delivery, write: Write, company: Company) -> Outcome:
        """The outcome: found in the books, or that of the same write once more."""
        if write.action is Action.CREATE:
            found = await self._created(delivery, write)
            if found is not None:
                return await self.writer.recovered(delivery, write, company, found)
            return await self._verified(write, await self.repeat(delivery, write, company))
        current = await by_id(self.client, write.entity, write.id)
        if current is None:
            removal = write.action is not Action.UPDATE
            return removed(write.entity, delivery, recovered=True) if removal else gone(write)
        if write.action is Action.VOID and is_void(current):
            return removed(write.entity, delivery, recovered=True)
        if write.action is Action.UPDATE and holds(current, write.body):
            return await self.writer.recovered(delivery, write, company, current)
        return await self.repeat(delivery, write, company)

    async def _created(self, delivery: Delivery, write: Write) -> Record | None:
        if is_list(write):
            owner = await Names(self.client).owner(write.entity, write.body)
            return owner.record if owner and owner.is_same and owner.active else None
        date = str(write.body.get("TxnDate", ""))
        select = Select(entity=write.entity, where=(f"TxnDate = {quoted(date)}",))
        for record in await everything(self.client, select):
            note = parse_marker(str(record.get("PrivateNote", "")))
            if note == delivery.marker and not is_void(record):
                return record
        return None

    async def _verified(self, write: Write, outcome: Outcome) -> Outcome:
        """A repeated write is answered as the first time, even where its result is gone since."""
        if not isinstance(outcome, Posted):
            return outcome
        if await by_id(self.client, write.entity, outcome.id) is None:
            return Refused(
                finding=Finding(
                    category="missing_in_books",
                    subject=f"{write.entity} {outcome.id}",
                    message=f"{write.entity} {outcome.id} was posted, and deleted in QuickBooks "
                    "before its answer was read",
                ),
                code="610",
            )
        return evolve(outcome, recovered=True)

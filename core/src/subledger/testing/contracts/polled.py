"""What a peer promises about what its other side posts."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal, TypeVar

from attrs import evolve

from subledger.manifest import Capability, Operation
from subledger.model import Document, Entity, Movement, Settlement, amount_of
from subledger.model.kinds import Kind
from subledger.model.marker import marker
from subledger.testing import ledger
from subledger.testing.bench import Bench
from subledger.testing.contracts.base import applies, breach
from subledger.testing.contracts.booking import (
    BooksContract,
    as_it_should,
    changes,
    creates,
    documents,
    keeps_accounts,
)
from subledger.testing.contracts.connector import Errand
from subledger.testing.office import Calls, Office
from subledger.testing.specimens import AMOUNTS, changed
from subledger.testing.stand import ENTRIES
from subledger.testing.workplace import ROUND

T = TypeVar("T")


class PolledContract(BooksContract):
    """A part of the contract of every peer.

    ``most_calls`` is how many calls of one poll are broken, one in each run.
    """

    most_calls = 24
    _office: Office | None = None

    def specimens(self, kind: Kind, number: int) -> Sequence[Entity]:
        """As ever; their memos begin with the marker, as those of the recipes do."""
        return [_marked(one) for one in super().specimens(kind, number)]

    def errands(self) -> tuple[Errand, ...]:
        """A first poll."""
        return (self.polls,)

    async def polls(self, bench: Bench) -> object:
        """The other side is enrolled, and polls once."""
        office = Office.of(bench)
        await office.work.deliver()
        return [repr(one) for one in await office.work.findings()]

    async def ready(self, bench: Bench) -> None:
        """Has something planned for :meth:`work`."""
        self._office = office = Office.of(bench)
        await office.post()
        office.system.put(*self.specimens(self.subject_kind(), 1))
        await office.work.run()

    async def work(self, bench: Bench) -> list[object]:
        """One poll that posts something, where that was planned."""
        if self._office is None:
            return await super().work(bench)
        await self._office.work.deliver()
        return []

    def at_work(self, history: Callable[[Office], Awaitable[T]], gone: str = "flag") -> T:
        """The result of a history in an office of its own."""

        async def on(bench: Bench) -> T:
            return await history(Office.of(bench, gone))

        return self.rig().run(on)

    @applies(kind=creates)
    def test_previews_tell_what_will_be_written(self, kind: Kind) -> None:
        """preview() shows the document, the same each time, and its postings balance."""

        async def history(office: Office) -> None:
            *before, subject = self.specimens(kind, 1)
            await office.post(*before)
            office.system.put(subject)
            await office.work.run()
            books = await office.work.kernel.books("sink")
            planned = await office.work.store.read(ledger.planned)
            (delivery,) = (one for one in planned if one.entity.id == subject.id)
            shown, again = self.type.preview(delivery, books), self.type.preview(delivery, books)
            wrong = [] if shown == again else ["it is not the same each time"]
            moved: dict[str, int] = {}
            for posting in shown.postings:
                moved[posting.account] = moved.get(posting.account, 0) + posting.amount.minor
            effect, account = amount_of(subject), getattr(subject, "account", None)
            if keeps_accounts(self.type) and sum(moved.values()) != 0:
                wrong.append(f"the postings do not balance: {moved}")
            if moved and account and effect and moved.get(account.name) != effect.minor:
                wrong.append(f"{account.name} moves by {moved.get(account.name)}, not {effect}")
            if wrong:
                breach(
                    f"of a {kind} preview() shows {shown!r:.400}: {'; '.join(wrong)}",
                    promise="what `subledger plan` shows is what will be in the books",
                    hint="make preview() a pure function over the rendering that is sent",
                )

        self.at_work(history)

    @applies(kind=documents, operation=lambda _type, operation: operation is not Operation.READ)
    def test_declared_operations_reach_the_books(self, kind: Kind, operation: Operation) -> None:
        """Each kind of document can be written with each operation that is declared for it."""
        removes = operation in (Operation.VOID, Operation.DELETE)

        async def history(office: Office) -> None:
            specimens = self.specimens(kind, 1)
            subject = specimens[-1]
            await office.post(*specimens)
            if operation is Operation.UPDATE:
                subject = changed(subject)
                await office.post(subject)
            elif removes:
                await office.remove(subject)
            done = [
                (one.operation.value, one.state.value)
                for one in await office.work.effects()
                if (one.kind, one.record) == (subject.kind, subject.id)
            ]
            ways = {"void", "delete"} if removes else {operation.value}  # stand-ins are deleted
            if not any((way, "settled") in done for way in ways):
                found = [f"{one.category}: {one.message}" for one in await office.work.findings()]
                breach(
                    f"to {operation} a {kind} came to {done}; {found}",
                    promise="what the manifest declares works",
                    hint="declare only what works, or give specimens that your books can take",
                )
            as_it_should(operation, subject, office.written(subject))

        self.at_work(history, operation.value if removes else "flag")

    @applies(kind=lambda type_, kind: creates(type_, kind) and kind in ENTRIES)
    def test_entries_reach_the_lists(self, kind: Kind) -> None:
        """A new list entry is known under its name from then on."""

        async def history(office: Office) -> None:
            specimens = self.specimens(kind, 1)
            await office.post(*specimens)
            name: str = specimens[-1].name  # type: ignore[attr-defined]
            books = await office.work.kernel.books("sink")
            found = books.find(kind, self.type.fit_name(kind, name))
            states = {one.state for one in await office.work.records()}
            if len(found) != 1 or states != {"posted"}:
                breach(
                    f"the {kind} {name!r} is known {len(found)} times, its records are {states}",
                    promise="a new entry is in the outcome as the lists show it",
                    hint="fill Posted.entry from the books' answer",
                )

        self.at_work(history)

    @applies(kind=documents)
    def test_amounts_are_exact(self, kind: Kind) -> None:
        """The books hold each amount to the cent, and our proof agrees with them."""

        async def history(office: Office) -> None:
            for number in range(1, len(AMOUNTS) + 1):
                specimens = self.specimens(kind, number)
                await office.post(*specimens)
                as_it_should(Operation.CREATE, specimens[-1], office.written(specimens[-1]))
            proof = await office.work.proof()
            if not proof.agrees or proof.buckets["posted"].records != proof.records:
                breach(
                    f"the proof says {proof!r:.500}",
                    promise="what the books report is what was meant, to the cent",
                    hint="Posted.amount is what the books report, Posted.account their account",
                )

        self.at_work(history)

    def test_polling_again_changes_nothing(self) -> None:
        """Once all is posted, further polls and further processes write nothing."""

        async def history(office: Office) -> None:
            await office.post(*self.specimens(self.subject_kind(), 1))
            before = list(office.other.documents())
            for _ in range(2):
                office.restart()
                await asyncio.sleep(ROUND)
                await office.work.deliver()
            if list(office.other.documents()) != before:
                breach(
                    f"after further polls the books hold {list(office.other.documents())!r:.400} "
                    f"instead of {before!r:.400}",
                    promise="a poll without work writes nothing",
                    hint="send what Desk.claim hands over, and nothing by yourself",
                )

        self.at_work(history)

    def test_a_lost_answer_doubles_nothing(self) -> None:
        """Whichever answer of a poll is lost, with the process: each document is there once."""
        self._broken("lost")

    def test_a_call_that_never_arrived_loses_nothing(self) -> None:
        """Whichever call of a poll never arrives: each document is there once."""
        self._broken("unsent")

    def _broken(self, fate: Literal["lost", "unsent"]) -> None:
        __tracebackhide__ = True

        async def history(office: Office) -> tuple[int, int, list[str]]:
            await office.work.round()  # the lists are read
            specimens = self.specimens(self.subject_kind(), 1)
            office.system.put(*specimens)
            await office.work.run()
            calls = Calls(office, at, fate)
            await office.other.poll(calls)
            await asyncio.sleep(ROUND)
            await office.work.sync()
            states = [one.state.value for one in await office.work.effects()]
            return len(calls.sent), len(office.written(specimens[-1])), states

        for at in range(1, self.most_calls + 1):
            calls, there, states = self.at_work(history)
            if calls < at:
                return
            if there != 1 or set(states) - {"settled", "superseded"}:
                breach(
                    f"after call {at} of a poll was {fate} the books hold {there} documents; the "
                    f"effects are {states}",
                    promise="a document is in the books once, whatever breaks on the way",
                    hint="settle an effect that was sent by asking the books what became of it",
                )

    def test_two_polls_at_once_post_once(self) -> None:
        """Two of the other side, by mistake at the same time, post each document once."""

        async def history(office: Office) -> None:
            await office.post()
            specimens = self.specimens(self.subject_kind(), 1)
            office.system.put(*specimens)
            await office.work.run()
            http = office.work.inward()
            await asyncio.gather(office.other.poll(http), office.other.poll(http))
            await asyncio.sleep(ROUND)
            await office.work.sync()
            if len(office.written(specimens[-1])) != 1:
                breach(
                    f"after two polls at once the books hold {office.written(specimens[-1])}",
                    promise="one session of a connection at a time",
                    hint="enter a session with PeerContext.enter: it holds the lease",
                )

        self.at_work(history)

    @applies(lambda type_: Capability.UPDATE_GUARD in type_.manifest.capabilities, kind=changes)
    def test_what_a_person_changed_is_not_overwritten(self, kind: Kind) -> None:
        """An update made from an old copy is refused as changed_in_books, and writes nothing."""

        async def history(office: Office) -> None:
            specimens = self.specimens(kind, 1)
            await office.post(*specimens)
            (document,) = office.written(specimens[-1])
            office.other.edit(document.id)
            edited = office.written(specimens[-1])
            await office.post(changed(specimens[-1]))
            found = {one.category for one in await office.work.findings()}
            if "changed_in_books" not in found or office.written(specimens[-1]) != edited:
                breach(
                    f"after a person's edit an update of a {kind} came to {sorted(found)}; the "
                    f"books hold {office.written(specimens[-1])!r:.300}",
                    promise="what a person changed stands until a person decides",
                    hint="show Target.guard with every update",
                )

        self.at_work(history)

    @applies(lambda type_: Capability.READ_BACK in type_.manifest.capabilities)
    def test_the_books_agree_with_what_was_posted(self) -> None:
        """What is read back agrees with what was posted, document by document."""

        async def history(office: Office) -> None:
            for number in (1, 2, 3):
                await office.post(*self.specimens(self.subject_kind(), number))
            found = await office.work.compare()
            if not found or not all(one.agrees for one in found):
                breach(
                    f"the comparison says {found!r:.500}",
                    promise="what was posted and what is read back agree to the cent",
                    hint="answer every Question at the desk with offer() and answered()",
                )

        self.at_work(history)


def _marked(entity: Entity) -> Entity:
    if not isinstance(entity, Movement | Document | Settlement):
        return entity
    return evolve(entity, memo=marker(entity.kind, entity.id))


__all__ = ["PolledContract"]

"""What a sink promises about what it reads back."""

import datetime as dt

from attrs import evolve

from subledger.manifest import Capability, Operation
from subledger.model.kinds import Kind
from subledger.ports import BookDocument, BookEntry, Query, Question
from subledger.testing.contracts.base import applies, breach
from subledger.testing.contracts.booking import documents, keeps_accounts
from subledger.testing.contracts.sinking import LISTS, SinkBase
from subledger.testing.stand import ENTRIES, Stand

_HINT = "read() answers the question that was asked: its query, period and account"


class ReadingContract(SinkBase):
    """A part of the contract of every sink."""

    def test_lists_are_told_whole(self) -> None:
        """The lists name every entry of the declared kinds once, with identifier and full name."""

        async def history(stand: Stand) -> None:
            found, others = await _answer(stand, LISTS)
            keys = [(entry.kind, entry.id) for entry in found]
            read = self.type.manifest.able(Operation.READ)
            wrong = {entry.kind for entry in found} - read
            nameless = [entry for entry in found if not (entry.id and entry.name.strip())]
            doubled = {key for key in keys if keys.count(key) > 1}
            known = {entry.name for entry in found}
            named = {
                name
                for part in ("register", "bank", "expense", "receivables", "payables", "item")
                if (name := getattr(self.chart, part))
            }
            if wrong or nameless or doubled or others or named - known:
                breach(
                    f"the lists hold kinds that are not declared: {sorted(wrong)}; without name: "
                    f"{nameless[:3]}; twice: {sorted(doubled)[:3]}; documents: {len(others)}; not "
                    f"there of the chart: {sorted(named - known)}",
                    promise="references are resolved by the lists that the sink tells",
                    hint="page through every list that the manifest says is read",
                )

        self.stood(history)

    def test_changed_entries_are_told(self) -> None:
        """A question that gives a moment gets at least what changed since then."""
        kind = next((one for one in ENTRIES if self.type.manifest.can(one, Operation.CREATE)), None)
        if kind is None:
            return

        async def history(stand: Stand) -> None:
            delivery = await stand.delivery(kind)
            position = stand.bench.clock() - dt.timedelta(minutes=5)
            posted = await stand.post(delivery)
            found, _ = await _answer(stand, evolve(LISTS, position=position.isoformat()))
            if (kind, posted.id) not in {(entry.kind, entry.id) for entry in found}:
                breach(
                    f"a {kind} that was created after {position} is not among what changed",
                    promise="a position in a question for lists leaves out what is older, only",
                    hint="ask the vendor with its own filter, or answer with all entries",
                )

        self.stood(history)

    @applies(
        lambda type_: Capability.READ_BACK in type_.manifest.capabilities,
        kind=documents,
    )
    def test_what_was_posted_is_read_back(self, kind: Kind) -> None:
        """A document is read back as it was posted: identifier, date, amount, account and key."""

        async def history(stand: Stand) -> None:
            delivery = await stand.delivery(kind)
            posted = await stand.post(delivery)
            if posted.amount is None or not posted.account:
                return
            date: dt.date = delivery.entity.date  # type: ignore[attr-defined]
            asked = _period(date, date, posted.account)
            _, found = await _answer(stand, asked)
            wanted = (posted.type, posted.id, date, posted.amount, posted.account)
            same = [
                one
                for one in found
                if (one.type, one.id, one.date, one.amount, one.account) == wanted
            ]
            if len(same) != 1 or same[0].key != delivery.marker:
                breach(
                    f"a {kind} was posted as {posted!r:.300}; read back: "
                    f"{same or [one for one in found if one.id == posted.id]!r:.400}",
                    promise="the reconciliation compares type, identifier, date, amount and "
                    "account with what deliver() told, and knows our documents by their key",
                    hint="BookDocument.key is the marker; amount and account as in Posted",
                )

        self.stood(history)

    @applies(lambda type_: Capability.READ_BACK in type_.manifest.capabilities)
    def test_the_books_agree_with_what_was_posted(self) -> None:
        """The kernel's own comparison finds every document, and none that is changed or doubled."""

        async def history(stand: Stand) -> None:
            for number in (1, 2, 3):
                stand.system.put(*self.specimens(self.subject_kind(), number))
            await stand.sync()
            found = await stand.work.compare()
            if not found or not all(one.agrees for one in found):
                breach(
                    f"the comparison says {found!r:.500}",
                    promise="what was posted and what is read back agree to the cent",
                    hint=_HINT,
                )

        self.stood(history)

    @applies(lambda type_: Capability.READ_BACK in type_.manifest.capabilities)
    def test_a_question_has_its_limits(self) -> None:
        """Documents of another account or of other days are left out of an answer."""

        async def history(stand: Stand) -> None:
            delivery = await stand.delivery(self.subject_kind())
            posted = await stand.post(delivery)
            date: dt.date = delivery.entity.date  # type: ignore[attr-defined]
            day = dt.timedelta(days=1)
            questions = [
                _period(date + day, date + 9 * day, posted.account),
                _period(date - 9 * day, date - day, posted.account),
            ]
            if keeps_accounts(self.type):
                questions.append(_period(date, date, self.chart.expense))
            for asked in questions:
                _, found = await _answer(stand, asked)
                beyond = [one for one in found if one.id == posted.id and one.type == posted.type]
                if beyond:
                    breach(
                        f"asked for {asked!r} it told of {beyond!r:.300}",
                        promise="an answer holds the documents of the period and account only",
                        hint=_HINT,
                    )

        self.stood(history)


def _period(since: dt.date, until: dt.date, account: str) -> Question:
    return Question(id=2, query=Query.DOCUMENTS, since=since, until=until, account=account)


async def _answer(stand: Stand, question: Question) -> tuple[list[BookEntry], list[BookDocument]]:
    entries: list[BookEntry] = []
    found: list[BookDocument] = []
    async for some, more in stand.sink.read(question):
        entries += some
        found += more
    return entries, found


__all__ = ["ReadingContract"]

"""Sinks of the invented ledger with one defect each; ``DEFECTS`` names the promise each breaks."""

# ruff: noqa: D101, D102 - each is named by the promise that it breaks, in DEFECTS

import itertools
from contextlib import asynccontextmanager

from attrs import evolve

from subledger.errors import AuthenticationError, TemporaryError
from subledger.findings import Finding
from subledger.manifest import Operation, Role
from subledger.model import kinds
from subledger.money import Money
from subledger.ports import Posted, Query, Refused, Unknown
from subledger.testing.invented import INVENTED_LEDGER
from subledger.testing.invented.ledger import InventedSink
from subledger.testing.invented.render import LONGEST_MEMO

READ = {Operation.READ}
WRITTEN = {Operation.READ, Operation.CREATE}
MOVED = (kinds.CARD_TRANSACTION, kinds.FEE, kinds.TRANSFER, kinds.DEPOSIT)
SMALL = evolve(
    INVENTED_LEDGER,
    manifest=evolve(
        INVENTED_LEDGER.manifest,
        roles=(Role.GENERAL_LEDGER,),
        kinds={
            **dict.fromkeys((kinds.ACCOUNT, kinds.CLASS, kinds.ITEM, kinds.TAX_CODE), READ),
            **dict.fromkeys((kinds.PAYMENT_METHOD, kinds.TERMS), READ),
            kinds.VENDOR: WRITTEN,
            **dict.fromkeys(MOVED, WRITTEN),
            kinds.CARD_TRANSACTION: {*WRITTEN, Operation.UPDATE, Operation.DELETE},
        },
    ),
)
"""The invented ledger with few kinds, so that the contract is quick."""


def refused(category="validation", **more):
    return Refused(finding=Finding(category=category, subject="x", message="no"), **more)


class Forgetful(InventedSink):
    async def deliver(self, deliveries):
        new = self.context.runtime.new_id
        return await super().deliver([evolve(one, attempt_key=new()) for one in deliveries])

    async def find(self, delivery):
        if delivery.kind == kinds.VENDOR:
            rows = (await self._get("entries", "entries"))["entries"]
            found = [row for row in rows if row["name"] == delivery.entity.name]
        else:
            rows = (await self._get("documents", "documents"))["documents"]
            found = [row for row in rows if row["marker"] == delivery.marker]
        if not found:
            return (await self.deliver([delivery]))[0]
        word = found[0].get("type") or found[0]["kind"]
        return Posted(type=word, id=found[0]["id"])


class WrongFind(InventedSink):
    async def find(self, delivery):
        found = await super().find(delivery)
        return evolve(found, id=f"{found.id}0") if isinstance(found, Posted) else found


class Optimist(InventedSink):
    async def deliver(self, deliveries):
        outcomes = await super().deliver(deliveries)
        for outcome in outcomes:
            if isinstance(outcome, Unknown) and outcome.reason.startswith("no answer"):
                raise TemporaryError(outcome.reason)
        return outcomes


class Blind(InventedSink):
    """What a lost answer left behind is left to a person."""

    lost: bool = True

    async def find(self, delivery):
        rows = (await self._get("documents", "documents"))["documents"]
        there = any(row["marker"] == delivery.marker for row in rows)
        if there is self.lost and delivery.attempt_key in UNKNOWN:
            return Unknown("who knows", decide=True)
        return await super().find(delivery)

    async def deliver(self, deliveries):
        outcomes = await super().deliver(deliveries)
        for one, outcome in zip(deliveries, outcomes, strict=True):
            UNKNOWN.discard(one.attempt_key)
            if isinstance(outcome, Unknown) and outcome.reason.startswith("no answer"):
                UNKNOWN.add(one.attempt_key)
        return outcomes


class Lazy(Blind):
    lost = False


UNKNOWN = set()


class Impatient(InventedSink):
    async def deliver(self, deliveries):
        outcomes = await super().deliver(deliveries)
        return [
            evolve(one, again=None) if isinstance(one, Refused) and one.again else one
            for one in outcomes
        ]


class Unsafe(InventedSink):
    async def deliver(self, deliveries):
        outcomes = await super().deliver(deliveries)
        odd = "The system did not answer with JSON."
        return [refused() if getattr(one, "reason", "") == odd else one for one in outcomes]


class Crashing(InventedSink):
    async def deliver(self, deliveries):
        outcomes = await super().deliver(deliveries)
        if getattr(outcomes[0], "reason", "").startswith("The answer is not"):
            raise KeyError("id")
        return outcomes


class Stubborn(InventedSink):
    async def deliver(self, deliveries):
        try:
            return await super().deliver(deliveries)
        except AuthenticationError:
            return [refused("permission")] * len(deliveries)


class Chatty(InventedSink):
    async def deliver(self, deliveries):
        self.context.log.info("writing", token=self.config.token.reveal())
        return await super().deliver(deliveries)


class Inexact(InventedSink):
    async def deliver(self, deliveries):
        return await super().deliver(
            [evolve(one, entity=rounded(one.entity)) for one in deliveries]
        )


def rounded(entity):
    amount = getattr(entity, "amount", None)
    if amount is None or amount.minor < 1_000_000:
        return entity
    (line,) = entity.lines
    cent = Money(1)
    return evolve(entity, amount=amount + cent, lines=(evolve(line, amount=line.amount + cent),))


class Undoing(InventedSink):
    async def deliver(self, deliveries):
        if deliveries[0].operation is Operation.DELETE:
            return [refused()]
        return await super().deliver(deliveries)


class Trailing(InventedSink):
    """Writes the marker behind the memo, where a long one leaves no room for it."""

    async def deliver(self, deliveries):
        return await super().deliver([trailing(one) for one in deliveries])


def trailing(delivery):
    memo = getattr(delivery.entity, "memo", "")
    if len(memo) < LONGEST_MEMO:
        return delivery
    memo = f"{memo.removeprefix(delivery.marker)} {delivery.marker}"
    return evolve(delivery, marker="", entity=evolve(delivery.entity, memo=memo))


class Disordered(InventedSink):
    """Tells first what was posted, and then what was refused."""

    async def deliver(self, deliveries):
        outcomes = await super().deliver(deliveries)
        return sorted(outcomes, key=lambda one: isinstance(one, Refused))


class Rash(InventedSink):
    """Takes a lost answer for a refusal, where there were several at once."""

    async def deliver(self, deliveries):
        outcomes = await super().deliver(deliveries)
        if len(deliveries) == 1:
            return outcomes
        busy = refused("rate_limited", again=60.0)
        return [busy if isinstance(one, Unknown) else one for one in outcomes]


class Nameless(InventedSink):
    async def deliver(self, deliveries):
        outcomes = await super().deliver(deliveries)
        return [evolve(one, entry=None) if isinstance(one, Posted) else one for one in outcomes]


class Overwriting(InventedSink):
    async def deliver(self, deliveries):
        outcomes = await super().deliver(deliveries)
        if getattr(outcomes[0], "code", "") != "stale":
            return outcomes
        rows = (await self._get("documents", "documents"))["documents"]
        (one,) = deliveries
        (row,) = (row for row in rows if row["id"] == one.target.id)
        target = evolve(one.target, guard=str(row["version"]))
        return await super().deliver(
            [evolve(one, target=target, attempt_key=self.context.runtime.new_id())]
        )


class Silent(InventedSink):
    async def deliver(self, deliveries):
        outcomes = await super().deliver(deliveries)
        return [evolve(one, warnings=()) if isinstance(one, Posted) else one for one in outcomes]


class Vague(InventedSink):
    async def deliver(self, deliveries):
        outcomes = await super().deliver(deliveries)
        vague = evolve(refused("internal"))
        return [vague if getattr(one, "code", "") == "account" else one for one in outcomes]


class Reading(InventedSink):
    """Reads back with a change; a part of what was asked."""

    def pages(self, question, entries, documents):
        return entries, documents

    async def read(self, question):
        async for entries, documents in super().read(question):
            yield self.pages(question, list(entries), list(documents))


class Twice(Reading):
    def pages(self, question, entries, documents):
        return entries + entries[:1], documents


class Late(Reading):
    def pages(self, question, entries, documents):
        return ([] if question.position else entries), documents


class Keyless(Reading):
    def pages(self, question, entries, documents):
        return entries, [evolve(one, key="") for one in documents]


class Losing(Reading):
    def pages(self, question, entries, documents):
        return entries, documents[: max(1, len(documents) - 1)]


class Boundless(InventedSink):
    async def read(self, question):
        wide = evolve(question, since=None, until=None)
        async for page in super().read(wide if question.query is Query.DOCUMENTS else question):
            yield page


def sink(cls, **more):
    """The small sink with a class of its own."""

    @asynccontextmanager
    async def opened(config, context):
        yield cls(config, context)

    return evolve(SMALL, open=opened, **more)


_count = itertools.count()


def fickle(delivery, books):
    return evolve(SMALL.preview(delivery, books), memo=str(next(_count)))


DEFECTS = {
    "test_previews_tell_what_will_be_written": sink(InventedSink, preview=fickle),
    "test_declared_operations_reach_the_books": sink(Undoing),
    "test_amounts_are_exact": sink(Inexact),
    "test_documents_carry_their_marker": sink(Trailing),
    "test_entries_are_known_by_the_name_they_got": sink(Nameless),
    "test_a_batch_has_an_outcome_for_each": sink(Disordered, batch=3),
    "test_what_the_books_refuse_is_told": sink(Vague),
    "test_what_a_person_changed_is_not_overwritten": sink(Overwriting),
    "test_text_is_kept_or_its_change_is_told": sink(Silent),
    "test_the_same_key_writes_once": sink(Forgetful),
    "test_what_was_written_is_found_again": sink(WrongFind),
    "test_a_lost_answer_is_never_a_refusal": sink(Optimist),
    "test_a_lost_answer_ends_with_one_document": sink(Blind),
    "test_a_lost_batch_is_found_again": sink(Rash, batch=3),
    "test_what_never_arrived_is_posted_in_the_end": sink(Lazy),
    "test_a_busy_system_is_tried_again": sink(Impatient),
    "test_a_page_of_a_gateway_is_no_success": sink(Unsafe),
    "test_odd_answers_are_survived": sink(Crashing),
    "test_refused_credentials_stop_the_deliveries": sink(Stubborn),
    "test_no_secret_is_shown_while_writing": sink(Chatty),
    "test_lists_are_told_whole": sink(Twice),
    "test_changed_entries_are_told": sink(Late),
    "test_what_was_posted_is_read_back": sink(Keyless),
    "test_the_books_agree_with_what_was_posted": sink(Losing),
    "test_a_question_has_its_limits": sink(Boundless),
}

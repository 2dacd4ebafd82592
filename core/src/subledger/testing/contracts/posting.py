"""What a sink promises about what it writes."""

from attrs import evolve

from subledger.manifest import Capability, Operation
from subledger.model import Entity, Party, Reference, amount_of
from subledger.model.kinds import Kind
from subledger.model.references import map_references
from subledger.ports import Posted, Refused, Target
from subledger.testing.contracts.base import applies, breach
from subledger.testing.contracts.booking import (
    as_it_should,
    changes,
    creates,
    documents,
    entries,
    keeps_accounts,
)
from subledger.testing.contracts.sinking import LISTS, SinkBase
from subledger.testing.specimens import AMOUNTS, changed
from subledger.testing.stand import Stand, another, fresh, together

ODD = "Zo\u00eb \u540d\u524d \U0001f600 \u2028 <b>&amp; \u201cquoted\u201d"
"""Text that not every system can hold."""


class PostingContract(SinkBase):
    """A part of the contract of every sink."""

    @applies(kind=creates)
    def test_previews_tell_what_will_be_written(self, kind: Kind) -> None:
        """preview() shows the document without a request, the same each time, and balanced."""

        async def history(stand: Stand) -> None:
            delivery = await stand.delivery(kind)
            books, before = await stand.work.kernel.books("sink"), len(stand.bench.door.requests)
            shown, again = self.type.preview(delivery, books), self.type.preview(delivery, books)
            wrong = []
            if shown != again or len(stand.bench.door.requests) != before:
                wrong.append("it is not the same each time, or it makes requests")
            moved = {posting.account: 0 for posting in shown.postings}
            for posting in shown.postings:
                moved[posting.account] += posting.amount.minor
            if keeps_accounts(self.type) and sum(moved.values()) != 0:
                wrong.append(f"the postings do not balance: {moved}")
            account, effect = getattr(delivery.entity, "account", None), amount_of(delivery.entity)
            if moved and account and effect and moved.get(account.name) != effect.minor:
                wrong.append(f"{account.name} moves by {moved.get(account.name)}, not by {effect}")
            if wrong:
                breach(
                    f"of a {kind} preview() shows {shown!r:.300}: {'; '.join(wrong)}",
                    promise="what `subledger plan` shows is what will be in the books",
                    hint="make preview() a pure function over the same rendering that is sent",
                )

        self.stood(history)

    @applies(operation=lambda _type, operation: operation is not Operation.READ)
    def test_declared_operations_reach_the_books(self, kind: Kind, operation: Operation) -> None:
        """Each kind can be written with each operation that is declared for it."""
        gone = operation.value if operation in (Operation.VOID, Operation.DELETE) else "flag"

        async def history(stand: Stand) -> None:
            delivery = await stand.delivery(kind, operation)
            if delivery.operation is not operation:
                raise LookupError(f"the kernel wanted to {delivery.operation}, not to {operation}")
            outcome = await stand.send(delivery)
            if not isinstance(outcome, Posted) or not outcome.id:
                breach(
                    f"to {operation} a {kind} it answered {outcome!r:.400}",
                    promise="what the manifest declares works",
                    hint="declare only what works, or give specimens that your books can take",
                )
            if documents(self.type, kind):
                as_it_should(operation, delivery.entity, stand.written(delivery))

        self.stood(history, gone)

    @applies(kind=documents)
    def test_amounts_are_exact(self, kind: Kind) -> None:
        """The books hold each amount to the cent, and the outcome tells what they hold."""

        async def history(stand: Stand) -> None:
            for number in range(1, len(AMOUNTS) + 1):
                delivery = await stand.delivery(kind, number=number)
                outcome = await stand.send(delivery)
                meant = amount_of(delivery.entity) or delivery.entity.amount  # type: ignore[attr-defined]
                told = outcome.amount if isinstance(outcome, Posted) else None
                for document in stand.written(delivery):
                    if document.amount != meant.amount or told not in (None, meant):
                        breach(
                            f"a {kind} over {meant} is in the books with {document.amount}, and "
                            f"the outcome says {told}",
                            promise="amounts are right to the cent, in the sign of the register",
                            hint="write exact decimals, never floats; Posted.amount is what the "
                            "books report, Posted.account their register account",
                        )

        self.stood(history)

    @applies(kind=documents)
    def test_documents_carry_their_marker(self, kind: Kind) -> None:
        """Every document is recognised in the books by its marker, however long its memo is."""

        async def history(stand: Stand) -> None:
            delivery = await stand.delivery(kind)
            for number, memo in enumerate(("", "lunch", "a long memo " * 500), 1):
                one = another(delivery, number)
                if hasattr(one.entity, "memo"):
                    one = evolve(one, entity=evolve(one.entity, memo=memo))  # type: ignore[misc]
                outcome = await stand.send(one)
                posted, there = isinstance(outcome, Posted), len(stand.written(one))
                if there != posted or not (posted or memo):
                    breach(
                        f"a {kind} with the memo {memo!r:.30} was answered {outcome!r:.200}, and "
                        f"{there} documents carry the marker {one.marker}",
                        promise="a document is recognised by its marker, by people and by find()",
                        hint="write Delivery.marker first into the memo or a note of the document, "
                        "and cut off what comes after it",
                    )

        self.stood(history)

    @applies(kind=entries)
    def test_entries_are_known_by_the_name_they_got(self, kind: Kind) -> None:
        """A new list entry comes back as the books store it, under the name of fit_name()."""

        async def history(stand: Stand) -> None:
            delivery = await stand.delivery(kind)
            for number, name in enumerate(
                ("Plain name", "M\u00fcller & S\u00f8n, Ltd.", "n" * 300), 1
            ):
                subject = another(delivery, number)
                name = self.type.fit_name(kind, f"{name} {number}")  # noqa: PLW2901 - as the kernel
                subject = evolve(subject, entity=evolve(subject.entity, name=name))  # type: ignore[misc]
                outcome = await stand.send(subject)
                entry = outcome.entry if isinstance(outcome, Posted) else None
                listed = [
                    one
                    async for entries_, _ in stand.sink.read(LISTS)
                    for one in entries_
                    if one.kind == kind and one.name == name
                ]
                if entry is None or entry.name != name or entry.kind != kind or len(listed) != 1:
                    breach(
                        f"the {kind} {name!r:.60} became {outcome!r:.300}, and the lists hold "
                        f"{len(listed)} of that name",
                        promise="a new entry is in the outcome as the lists show it",
                        hint="fill Posted.entry from the books' answer; let fit_name() do what the "
                        "books do with a name",
                    )

        self.stood(history)

    @applies(lambda type_: type_.batch > 1)
    def test_a_batch_has_an_outcome_for_each(self) -> None:
        """Several at once: each outcome belongs to its delivery, also beside a refused one."""

        async def history(stand: Stand) -> None:
            delivery = await stand.delivery(self.subject_kind())
            batch = [another(delivery, number) for number in range(1, min(self.type.batch, 5) + 1)]
            batch[0] = evolve(batch[0], entity=nowhere(batch[0].entity))
            batch = together(batch)
            first, *others = await stand.sink.deliver(batch)
            right = [
                isinstance(outcome, Posted)
                and [document.id for document in stand.written(one)] == [outcome.id]
                for one, outcome in zip(batch[1:], others, strict=False)
            ]
            if isinstance(first, Posted) or not all(right) or len(right) != len(batch) - 1:
                breach(
                    f"of {len(batch)}, the first refers to nothing; it answered {first!r:.200}, "
                    f"{others!r:.400}",
                    promise="deliver() returns one outcome each, in the order of the deliveries",
                    hint="match the books' answers by their numbers, not by their order",
                )

        self.stood(history)

    def test_what_the_books_refuse_is_told(self) -> None:
        """A rejected document gets a category and a message; the next one goes on."""

        async def history(stand: Stand) -> None:
            delivery = await stand.delivery(self.subject_kind())
            bad = another(delivery, 1)
            try:
                outcome = await stand.send(evolve(bad, entity=nowhere(bad.entity)))
            except Exception as error:  # noqa: BLE001 - it is judged
                outcome = error  # type: ignore[assignment]
            sound = isinstance(outcome, Refused) and outcome.again is None
            if sound and outcome.finding.category in ("internal", "unreadable", "unavailable"):  # type: ignore[union-attr]
                sound = False
            if not sound or not outcome.finding.message.strip():  # type: ignore[union-attr]
                breach(
                    f"a document that refers to what is not in the books: {outcome!r:.300}",
                    promise="Refused with a finding: the category, the cause in plain words",
                    hint="map the vendor's error codes to categories in one table",
                )
            following = await stand.send(another(delivery, 2))
            if not isinstance(following, Posted):
                breach(
                    f"after a refused document the next one became {following!r:.300}",
                    promise="one bad document holds up no other",
                    hint="keep no state of a refused document in the sink",
                )

        self.stood(history)

    @applies(
        lambda type_: Capability.UPDATE_GUARD in type_.manifest.capabilities,
        kind=changes,
    )
    def test_what_a_person_changed_is_not_overwritten(self, kind: Kind) -> None:
        """An update made from an old copy is refused as changed_in_books, and writes nothing."""

        async def history(stand: Stand) -> None:
            delivery = await stand.delivery(kind)
            posted = await stand.post(delivery)
            stand.bench.outside.edit(posted.id)  # type: ignore[attr-defined]
            edited = stand.written(delivery)
            update = fresh(
                delivery,
                f"update of {delivery.marker}",
                operation=Operation.UPDATE,
                entity=changed(delivery.entity),
                before=delivery.entity,
                target=Target(type=posted.type, id=posted.id, guard=posted.guard),
            )
            outcome = await stand.send(update)
            category = outcome.finding.category if isinstance(outcome, Refused) else ""
            if category != "changed_in_books" or stand.written(delivery) != edited:
                breach(
                    f"after a person's edit an update of a {kind} was answered {outcome!r:.300}; "
                    f"the books hold {stand.written(delivery)!r:.300}",
                    promise="what a person changed stands until a person decides",
                    hint="show Target.guard with every update, and compare where the books do not",
                )

        self.stood(history)

    def test_text_is_kept_or_its_change_is_told(self) -> None:
        """Long and odd text is written as it is, or a warning or refusal tells of the change."""

        async def history(stand: Stand) -> None:
            delivery = await stand.delivery(self.subject_kind())
            for number, text in enumerate(("plain", ODD, "long text " * 500), 1):
                one = another(delivery, number)
                memo = f"{one.marker} {text}".strip()
                if not hasattr(one.entity, "memo"):
                    return
                one = evolve(one, entity=evolve(one.entity, memo=memo))  # type: ignore[misc]
                outcome = await stand.send(one)
                told = isinstance(outcome, Refused) or (
                    isinstance(outcome, Posted) and bool(outcome.warnings)
                )
                kept = any(text.strip() in document.memo for document in stand.written(one))
                if text == "plain" and not kept:
                    return  # these books have no place for it
                if not told and not kept:
                    breach(
                        f"of {text!r:.60} the books hold "
                        f"{[document.memo for document in stand.written(one)]!r:.200}, and the "
                        f"outcome is {outcome!r:.200}",
                        promise="text is never cut or replaced in silence",
                        hint="put a Finding of the category text_changed into Posted.warnings",
                    )

        self.stood(history)


def nowhere(entity: Entity) -> Entity:
    """The entity with references to what no books hold."""

    def lost(_path: str, reference: Reference) -> Reference:
        return evolve(reference, id="987654321", name="No such entry")

    if isinstance(entity, Party):
        return evolve(entity, name="")
    return map_references(entity, lost)

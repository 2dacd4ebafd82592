"""Screen and map: one record becomes a resolved document, or waits, or is left out. Pure."""

import datetime as dt
from collections.abc import Callable, Sequence

import attrs
from attrs import frozen

from subledger.findings import Finding
from subledger.model import Entity, Item, Moving, Party, Reference, account_of, amount_of, date_of
from subledger.model.kinds import PARTIES, Kind
from subledger.model.references import map_references, posted_form, references
from subledger.model.stored import dump, fingerprint
from subledger.ports import BookEntry, Books, FlowPlan, Hold, Keep, Skip, Step


@frozen(kw_only=True)
class Rules:
    """The flow's own rules for decisions. ``closed_period`` is hold, redate or skip."""

    steps: Sequence[tuple[str, Step]]
    plan: FlowPlan
    closed_period: str = "hold"
    currency: str = "USD"
    fit_name: Callable[[Kind, str], str] | None = None
    start: dt.date | None = None
    end: dt.date | None = None
    match_email: bool = False


@frozen(kw_only=True)
class Ready:
    """A document that can be posted: ``text`` is its stored form with references resolved.

    ``fingerprint`` covers the document before its references were resolved, so that a new
    identifier in the books is not taken for a change. ``create`` are parties the books lack.
    ``same`` is the entry of the books that a list entry is, by its exact name.
    """

    entity: Entity
    text: str
    fingerprint: str
    create: tuple[Party, ...]
    account: str
    same: BookEntry | None = None


Decision = Ready | Hold | Skip


def decide(entity: Entity, books: Books, rules: Rules) -> Decision:
    """What is to become of one record: the flow's steps, its recipe, references, closed period."""
    outside = _outside_dates(entity, rules)
    if outside is not None:
        return outside
    for _name, step in rules.steps:
        verdict = step.apply(entity, books)
        if not isinstance(verdict, Keep):
            return _negative(verdict)
        entity = verdict.entity
    verdict = rules.plan.draft(entity, books)
    if not isinstance(verdict, Keep):
        return _negative(verdict)
    return _finish(posted_form(verdict.entity), books, rules)


def _negative(verdict: object) -> Hold | Skip:
    if isinstance(verdict, Hold | Skip):
        return verdict
    raise TypeError(f"a step returned {type(verdict).__name__}, which is no verdict")


def _outside_dates(entity: Entity, rules: Rules) -> Skip | None:
    date = date_of(entity)
    if date is None:
        return None
    if rules.start is not None and date < rules.start:
        setting, limit = "start", rules.start
    elif rules.end is not None and date > rules.end:
        setting, limit = "end", rules.end
    else:
        return None
    return Skip(
        Finding(
            category="excluded",
            subject=f"setting {setting}",
            message=f"the date lies outside the flow's dates: {setting} = {limit}",
        )
    )


def _finish(entity: Entity, books: Books, rules: Rules) -> Decision:
    amount = amount_of(entity)
    if amount is not None and amount.currency != rules.currency:
        return Hold(
            finding=Finding(
                category="currency",
                subject=f"currency {amount.currency}",
                message=f"{abs(amount)} is not in {rules.currency}, the currency of the account",
            )
        )
    entity = _fitted(entity, rules)
    redated = _outside_closed_period(entity, books, rules)
    if not isinstance(redated, Keep):
        return redated
    entity = redated.entity
    plain = dump(entity)
    resolved = _resolve(entity, books)
    if isinstance(resolved, Hold):
        return resolved
    entity, create = resolved
    same = _same(entity, books, rules) if isinstance(entity, Party | Item) else None
    if isinstance(same, Hold):
        return same
    return Ready(
        entity=entity,
        text=dump(entity),
        fingerprint=fingerprint(plain),
        create=create,
        account=_account(entity),
        same=same,
    )


def _same(entry: Party | Item, books: Books, rules: Rules) -> BookEntry | Hold | None:
    """The entry of the books that this one is; None where there is none yet.

    By its number or SKU, by its exact name, and by its e-mail address where the owner wants that:
    never by what is merely similar.
    """
    number = entry.sku if isinstance(entry, Item) else entry.number
    if number and (numbered := _only(books.find_number(entry.kind, number))):
        return numbered
    found = resolve(Reference(kind=entry.kind, name=entry.name, create=True), books)
    if isinstance(found, Hold) or found.id:
        return found if isinstance(found, Hold) else books.get(entry.kind, found.id)
    if rules.match_email and isinstance(entry, Party) and entry.email:
        return _only(books.find_email(entry.kind, entry.email))
    return None


def _only(entries: Sequence[BookEntry]) -> BookEntry | None:
    """The one active entry; None where there is none, or more than one."""
    active = [entry for entry in entries if entry.active]
    return active[0] if len(active) == 1 else None


def _fitted(entity: Entity, rules: Rules) -> Entity:
    fit = rules.fit_name
    if fit is None:
        return entity
    if isinstance(entity, Party | Item):
        entity = attrs.evolve(entity, name=fit(entity.kind, entity.name))

    def fitted(_path: str, reference: Reference) -> Reference:
        name = fit(reference.kind, reference.name)
        return reference if name == reference.name else attrs.evolve(reference, name=name)

    return map_references(entity, fitted)


def _account(entity: Entity) -> str:
    account = account_of(entity)
    return account.name if account else ""


def _outside_closed_period(entity: Entity, books: Books, rules: Rules) -> Keep | Hold | Skip:
    date, closing = date_of(entity), books.closing_date
    if date is None or closing is None or date > closing or not isinstance(entity, Moving):
        return Keep(entity=entity)
    if rules.closed_period == "redate":
        first_open = closing + dt.timedelta(days=1)
        return Keep(entity=attrs.evolve(entity, date=first_open))
    finding = Finding(
        category="closed_period",
        subject=f"closed until {closing}",
        message=f"the date lies in the period that the books closed on {closing}",
    )
    return Skip(finding=finding) if rules.closed_period == "skip" else Hold(finding=finding)


def _resolve(entity: Entity, books: Books) -> tuple[Entity, tuple[Party, ...]] | Hold:
    found: dict[Reference, Reference] = {}
    create: dict[Reference, Party] = {}
    for path, reference in references(entity):
        if reference in found:
            continue
        resolved = resolve(reference, books, path)
        if isinstance(resolved, Hold):
            return resolved
        found[reference] = resolved
        if not (resolved.id or resolved.record):
            create[reference] = Party(kind=reference.kind, id=reference.name, name=reference.name)
    entity = map_references(entity, lambda _path, reference: found[reference])
    return entity, tuple(create.values())


def resolve(reference: Reference, books: Books, path: str = "") -> Reference | Hold:
    """The reference with its identifier; without one where it is to be created; else a Hold.

    A reference to a record of the source stays as it is: the ledger of links knows it.
    """
    if reference.id or reference.record:
        return reference
    matches = books.find(reference.kind, reference.name)
    active = [entry for entry in matches if entry.active]
    label = f"{reference.kind.replace('_', ' ')} {reference.name}"
    if len(active) == 1:
        return attrs.evolve(reference, id=active[0].id, name=active[0].name, create=False)
    if len(active) > 1:
        return _hold("mapping_ambiguous", label, f"the books hold {len(active)} entries: {label}")
    if matches:
        return _hold("mapping_stale", label, f"{label} is inactive in the books")
    if not reference.create:
        return _hold("mapping_missing", label, f"the books have no {label}", path)
    return _creatable(reference, books, label)


def _creatable(reference: Reference, books: Books, label: str) -> Reference | Hold:
    for other in PARTIES:
        if other != reference.kind and books.find(other, reference.name):
            return _hold(
                "name_conflict",
                label,
                f"{label} cannot be created: the name belongs to a {other} already",
            )
    return reference


def _hold(category: str, subject: str, message: str, path: str = "") -> Hold:
    return Hold(finding=Finding(category=category, subject=subject, message=message, detail=path))

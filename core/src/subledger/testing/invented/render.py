"""What an entity becomes in the invented books: pure, so that it can be shown before it is sent."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import field, frozen

from subledger.errors import RecordRejected
from subledger.findings import Finding
from subledger.manifest import Operation
from subledger.model import Document, Entity, Item, Movement, Party, Reference, Settlement, Way
from subledger.model.kinds import PURCHASE_ORDER
from subledger.money import Money
from subledger.ports import Books, Delivery, Posting, Preview

LONGEST_MEMO: Final = 200
LONGEST_NAME: Final = 100


@frozen(kw_only=True)
class Rendered:
    """A request to the books, and what of the entity they cannot hold."""

    method: str
    table: str
    path: str
    body: Mapping[str, Any]
    warnings: tuple[Finding, ...] = ()


@frozen
class Leg:
    """One posting: what it is posted to, and by how much (debit positive)."""

    to: Reference
    amount: Money
    memo: str = ""
    class_: Reference | None = field(default=None)


def legs(entity: Entity) -> Iterator[Leg]:
    """The postings of an entity, the register account's first; none for a purchase order.

    Raises RecordRejected where an account is missing.
    """
    if not isinstance(entity, Movement | Document | Settlement) or entity.kind == PURCHASE_ORDER:
        return
    yield Leg(_needed(entity.account, "account"), entity.effect)
    if isinstance(entity, Settlement):
        if entity.amount:
            yield Leg(_needed(entity.money, "money"), -entity.effect)
        return
    credit = entity.way is Way.IN if isinstance(entity, Movement) else entity.debits
    for number, line in enumerate(entity.lines, 1):
        to = _needed(line.account or line.item, f"lines[{number}]")
        yield Leg(to, -line.amount if credit else line.amount, line.memo, line.class_)
    tax = getattr(entity, "tax", None)
    if tax is not None and tax.amount:
        yield Leg(_needed(tax.code, "tax"), -tax.amount if credit else tax.amount)


def _needed(reference: Reference | None, where: str) -> Reference:
    if reference is None:
        raise RecordRejected(
            f"Nothing says what {where} is in the books.", category="mapping_missing", field=where
        )
    return reference


def preview(delivery: Delivery, _books: Books) -> Preview:
    """The document with its postings by name."""
    entity = delivery.entity
    party = getattr(entity, "party", None)
    memo, warnings = _memo(delivery)
    return Preview(
        type=entity.kind,
        number=getattr(entity, "number", ""),
        memo=memo,
        party=party.name if party else getattr(entity, "name", ""),
        postings=tuple(
            Posting(
                account=leg.to.name,
                amount=leg.amount,
                class_=leg.class_.name if leg.class_ else "",
                memo=leg.memo,
            )
            for leg in legs(entity)
        ),
        warnings=warnings,
    )


def render(delivery: Delivery) -> Rendered:
    """The request that writes, changes or deletes. Raises RecordRejected."""
    entity, target = delivery.entity, delivery.target
    entry = isinstance(entity, Party | Item)
    table = "entries" if entry else "documents"
    if delivery.operation is Operation.DELETE:
        path = f"{table}/{target.id if target else ''}"
        body = {"version": target.guard if target else ""}
        return Rendered(method="DELETE", table=table, path=path, body=body)
    body, warnings = (_entry(entity), ()) if entry else _document(delivery)
    if target is None:
        return Rendered(method="POST", table=table, path=table, body=body, warnings=warnings)
    return Rendered(
        method="PUT",
        table=table,
        path=f"{table}/{target.id}",
        body={**body, "version": target.guard},
        warnings=warnings,
    )


def _entry(entity: Any) -> dict[str, Any]:
    income = getattr(entity, "income_account", None)
    return {
        "kind": entity.kind,
        "name": entity.name,
        "email": getattr(entity, "email", ""),
        "account": income.id if income else "",
    }


def _document(delivery: Delivery) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    entity: Any = delivery.entity
    party = entity.party
    memo, warnings = _memo(delivery)
    settled = getattr(entity, "applications", ())
    return {
        "type": entity.kind,
        "date": entity.date.isoformat(),
        "number": entity.number,
        "marker": delivery.marker,
        "memo": memo,
        "party": party.id if party else "",
        "total": entity.amount.text(),
        "settles": [{"document": one.document.id, "amount": one.amount.text()} for one in settled],
        "postings": [
            {
                "account": leg.to.id,
                "amount": leg.amount.text(),
                "memo": leg.memo,
                "class": leg.class_.id if leg.class_ else "",
            }
            for leg in legs(entity)
        ],
    }, warnings


def _memo(delivery: Delivery) -> tuple[str, tuple[Finding, ...]]:
    """The memo, with the marker first; and a warning where it does not fit."""
    told = getattr(delivery.entity, "memo", "")
    memo = told if told.startswith(delivery.marker) else f"{delivery.marker} {told}".strip()
    if len(memo) <= LONGEST_MEMO:
        return memo, ()
    warning = Finding(
        category="text_changed",
        subject="long memos",
        message=f"a memo has at most {LONGEST_MEMO} characters; the rest was cut off",
    )
    return memo[:LONGEST_MEMO], (warning,)


def fit_name(_kind: str, name: str) -> str:
    """A name as the books store it."""
    return name.strip()[:LONGEST_NAME].rstrip()

"""Deliveries as qbXML requests. Pure."""

from typing import Final

from lxml import etree

from subledger.findings import Finding
from subledger.manifest import Operation
from subledger.model import Document, Item, Movement, Party, Settlement
from subledger.ports import Delivery
from subledger_quickbooks_desktop.guards import edit_sequence
from subledger_quickbooks_desktop.render.common import (
    MEMO_LIMIT,
    NAME_LIMIT,
    Pairs,
    Style,
    TypeOf,
    external_guid,
    fit_name,
    number,
    rejected,
    request_id,
)
from subledger_quickbooks_desktop.render.document import (
    document_fields,
    document_type,
    number_limits,
)
from subledger_quickbooks_desktop.render.entries import (
    entry_type,
    full_name,
    item_fields,
    party_fields,
)
from subledger_quickbooks_desktop.render.movement import (
    check_tax_codes,
    journal_sides,
    movement_fields,
    movement_type,
)
from subledger_quickbooks_desktop.render.settlement import (
    UNCHANGEABLE,
    settlement_fields,
    settlement_type,
)
from subledger_quickbooks_desktop.wire import qbxml, schema
from subledger_quickbooks_desktop.wire.text import storable

__all__ = [
    "Style",
    "TypeOf",
    "check_tax_codes",
    "external_guid",
    "fit_name",
    "full_name",
    "is_entry",
    "journal_sides",
    "losses",
    "render",
    "request_id",
    "type_of_delivery",
]

_WITHOUT_GUID: Final = frozenset({"Transfer"})


def is_entry(delivery: Delivery) -> bool:
    """Whether it is about a list entry: those are made inactive, never deleted."""
    return isinstance(delivery.entity, Party | Item)


def type_of_delivery(delivery: Delivery, type_of: TypeOf, style: Style) -> str:
    """What the entity of a delivery is in QuickBooks, such as ``Invoice``.

    Raises :class:`RecordRejected`.
    """
    entity = delivery.entity
    if isinstance(entity, Movement):
        return movement_type(entity, type_of, style)
    if isinstance(entity, Document):
        return document_type(entity, type_of)
    if isinstance(entity, Settlement):
        return settlement_type(entity, type_of)
    if isinstance(entity, Party | Item):
        return entry_type(delivery, type_of)
    raise rejected("internal", delivery.marker, f"{entity.kind} cannot be posted")


def render(delivery: Delivery, type_of: TypeOf, style: Style) -> etree._Element:
    """The request for a delivery. Raises :class:`RecordRejected` where it cannot be written."""
    try:
        if delivery.operation in (Operation.VOID, Operation.DELETE):
            return _removal(delivery, type_of)
        return _write(delivery, type_of, style)
    except (ValueError, ArithmeticError) as error:
        raise rejected("validation", delivery.marker, f"cannot be written: {error}") from error


def _write(delivery: Delivery, type_of: TypeOf, style: Style) -> etree._Element:
    kind = type_of_delivery(delivery, type_of, style)
    target = delivery.target
    if target is None:
        fields = _fields(delivery, kind, "Add", type_of, style)
        if kind not in _WITHOUT_GUID:
            fields = [*fields, ("ExternalGUID", external_guid(delivery.key))]
        return _request(f"{kind}Add", fields, delivery)
    if target.type not in ("", kind):
        raise rejected(
            "changed_in_books",
            delivery.marker,
            f"the record would now be a {kind}, but it was posted as a {target.type}",
        )
    if kind in UNCHANGEABLE:
        raise rejected(
            "feature_off",
            delivery.marker,
            f"QuickBooks Desktop cannot change a {kind}",
            "Undo it and let it be posted again, or change it in QuickBooks by hand.",
        )
    fields = [*_head(delivery), *_fields(delivery, kind, "Mod", type_of, style)]
    return _request(f"{kind}Mod", fields, delivery)


def _fields(delivery: Delivery, kind: str, suffix: str, type_of: TypeOf, style: Style) -> Pairs:
    entity = delivery.entity
    if isinstance(entity, Movement):
        return movement_fields(entity, kind, suffix, style.edition, delivery.before)
    if isinstance(entity, Document):
        return document_fields(entity, delivery, kind, type_of, style)
    if isinstance(entity, Settlement):
        return settlement_fields(entity, kind, delivery.marker, suffix, delivery.before)
    if isinstance(entity, Party):
        return party_fields(entity, delivery, suffix)
    if isinstance(entity, Item):
        return item_fields(entity, delivery, kind, suffix, style)
    raise TypeError(f"{entity.kind} cannot be posted")


def _head(delivery: Delivery) -> Pairs:
    """The first fields of a change: which object, and which state of it."""
    target = delivery.target
    if target is None:
        raise rejected("missing_in_books", delivery.marker, "there is nothing to change")
    name = "ListID" if is_entry(delivery) else "TxnID"
    return [(name, target.id), ("EditSequence", edit_sequence(target.guard))]


def _request(name: str, fields: Pairs, delivery: Delivery) -> etree._Element:
    given = [(field, value) for field, value in fields if value is not None]
    return qbxml.build(f"{name}Rq", {name: given}, requestID=request_id(delivery))


def _removal(delivery: Delivery, type_of: TypeOf) -> etree._Element:
    target = delivery.target
    if target is None:
        raise rejected("missing_in_books", delivery.marker, "there is nothing to remove")
    if is_entry(delivery):
        name = f"{entry_type(delivery, type_of)}Mod"
        return _request(name, [*_head(delivery), ("IsActive", "false")], delivery)
    void = delivery.operation is Operation.VOID
    name = "TxnVoid" if void else "TxnDel"
    if void and target.type not in schema.enumeration("TxnVoidType"):
        raise rejected("validation", delivery.marker, f"a {target.type} cannot be voided")
    fields = {f"{name}Type": target.type, "TxnID": target.id}
    return qbxml.build(f"{name}Rq", fields, requestID=request_id(delivery))


def losses(delivery: Delivery) -> tuple[Finding, ...]:
    """A finding where the stored text differs from what was meant."""
    entity = delivery.entity
    texts: list[tuple[str, str, int]] = []
    if isinstance(entity, Party | Item):
        texts.append(("name", entity.name, NAME_LIMIT))
    else:
        texts.append(("memo", str(getattr(entity, "memo", "")), MEMO_LIMIT))
        lines = getattr(entity, "lines", ())
        texts.extend(("line memo", line.memo, MEMO_LIMIT) for line in lines)
    lost = [
        f"{field}: {loss}" for field, text, limit in texts for loss in storable(text, limit).losses
    ]
    if isinstance(entity, Document):
        lost += [
            f"{field.replace('_', ' ')}: {value} is longer than {limit}, it stands in the memo"
            for field, limit in number_limits(entity).items()
            if (value := getattr(entity, field)).strip() and number(value, limit) is None
        ]
    if not lost:
        return ()
    return (
        Finding(
            category="text_changed",
            subject="text that QuickBooks cannot store",
            message="some characters were replaced, because QuickBooks Desktop cannot store them",
            detail="; ".join(lost[:5]),
        ),
    )

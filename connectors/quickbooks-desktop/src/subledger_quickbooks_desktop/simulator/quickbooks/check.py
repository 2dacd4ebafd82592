"""Structure check of one element against the table, and its values as plain data."""

from __future__ import annotations

from typing import Any

from lxml import etree

from .lexical import fits
from .schema import Child, structure
from .text import TextRules

Fields = dict[str, Any]
"""An element's children by tag: text, nested fields, or a list where the tag may repeat."""

LINES = "lines"
"""Key under which the lines of a document stand, as (tag, fields) in the order of the request."""

LINE_TAGS = frozenset(
    {
        "ExpenseLineAdd", "ExpenseLineMod", "ItemLineAdd", "ItemLineMod",
        "ItemGroupLineAdd", "ItemGroupLineMod", "DepositLineAdd", "DepositLineMod",
        "JournalDebitLine", "JournalCreditLine", "JournalLineMod",
        "InvoiceLineAdd", "InvoiceLineMod", "InvoiceLineGroupAdd", "InvoiceLineGroupMod",
        "CreditMemoLineAdd", "CreditMemoLineMod",
        "CreditMemoLineGroupAdd", "CreditMemoLineGroupMod",
        "PurchaseOrderLineAdd", "PurchaseOrderLineMod",
        "PurchaseOrderLineGroupAdd", "PurchaseOrderLineGroupMod",
        "SalesReceiptLineAdd", "SalesReceiptLineMod",
        "SalesReceiptLineGroupAdd", "SalesReceiptLineGroupMod",
    }
)  # fmt: skip


class MalformedError(ValueError):
    """A request that breaks the schema; the text is for people, QuickBooks tells no such thing."""


class Macro(str):
    """A value that stands for an id which an earlier request of the set will bring."""

    __slots__ = ()


def read(
    element: etree._Element,
    name: str,
    *,
    rules: TextRules,
    version: float | None,
    is_us: bool = True,
) -> Fields:
    """Check `element` against structure `name` and return its values.

    With a version, elements that came later are refused as unknown, and in the US edition those of
    other editions; without one, the whole table counts. Raises MalformedError.
    """
    model = structure(name)
    for attribute in element.attrib:
        if attribute not in model.attributes:
            raise MalformedError(f"{element.tag!r}: attribute {attribute!r} is unknown")
    order: list[str] = []
    found: Fields = {}
    for node in element:
        tag = node.tag
        child = model.children.get(tag) if isinstance(tag, str) else None
        if child is None or _is_hidden(child, version, is_us=is_us):
            raise MalformedError(f"{element.tag!r}: element {tag!r} is unknown")
        order.append(child.tag)
        value: Any
        if child.structure:
            value = read(node, child.structure, rules=rules, version=version, is_us=is_us)
        else:
            value = _leaf(node, child, rules)
        if child.tag in LINE_TAGS:
            found.setdefault(LINES, []).append((child.tag, value))
        elif child.tag in model.repeated:
            found.setdefault(child.tag, []).append(value)
        else:
            found[child.tag] = value
    if (element.text or "").strip() or any((node.tail or "").strip() for node in element):
        raise MalformedError(f"{element.tag!r}: text between elements")
    if model.order.fullmatch("".join(f"{tag}," for tag in order)) is None:
        raise MalformedError(f"{element.tag!r}: order, number or absence of {order}")
    return found


def _is_hidden(child: Child, version: float | None, *, is_us: bool) -> bool:
    return version is not None and ((child.foreign and is_us) or child.since > version)


def _leaf(node: etree._Element, child: Child, rules: TextRules) -> str:
    if len(node):
        raise MalformedError(f"{child.tag}: elements inside a value")
    if node.attrib:
        macro = node.get("useMacro")
        if macro is None or len(node.attrib) > 1 or not child.may_be_macro:
            raise MalformedError(f"{child.tag}: attribute is unknown")
        return Macro(macro)
    value = node.text or ""
    if not fits(child.type, value):
        raise MalformedError(f"{child.tag}: {value!r} is not {child.type}")
    return rules.stored(value) if child.type.startswith("S") else value.strip()

#!/usr/bin/env python3
"""Write `simulator/outline.txt`: the order of elements in the XML form, in a notation of our own.

Usage: make_outline.py FOLDER OUTPUT, where FOLDER holds the published schemas of the Accounting
API (`IntuitRestServiceDef.xsd` and the files beside it). The notation stands in the first lines
of what is written.
"""

import sys
from pathlib import Path
from typing import Any

from lxml import etree

XSD = "{http://www.w3.org/2001/XMLSchema}"
FILES = ("IntuitBaseTypes", "IntuitNamesTypes", "Finance", "SalesTax", "IntuitRestServiceDef")
ENTITIES = """
    Account Attachable Bill BillPayment Budget Class CompanyCurrency CompanyInfo
    CreditCardPaymentTxn CreditMemo Customer CustomerType Department Deposit Employee Estimate
    ExchangeRate InventoryAdjustment Invoice Item JournalCode JournalEntry Payment
    PaymentMethod Preferences Purchase PurchaseOrder RefundReceipt SalesReceipt TaxAgency
    TaxCode TaxRate TaxService Term TimeActivity Transfer Vendor VendorCredit
"""
NUMBERS = {f"xs:{name}" for name in (
    "decimal", "int", "integer", "long", "short", "positiveInteger", "nonNegativeInteger", "float",
    "double", "byte", "unsignedInt",
)}  # fmt: skip
HEAD = """\
# The XML form of the Accounting API v3: the members of each type, in their order, and their kinds.
# A line is TYPE [< BASE] = members in order. Member: NAME[:KIND][*|!]. KIND: a type of this file,
# or b true or false, n number; text where none is named. * the JSON form is a list. ! is there
# even when empty. @ attribute, $ the text of the element (in JSON: value), ~ anything (name-value
# pairs). An entity is the type of its name.
"""


class Outline:
    """The types of the published schema, reduced to names, order and kinds."""

    def __init__(self, folder: Path) -> None:
        self.types: dict[str, Any] = {}
        for name in FILES:
            for node in etree.parse(folder / f"{name}.xsd").getroot():
                if isinstance(node.tag, str) and node.tag.endswith("Type") and node.get("name"):
                    self.types[node.get("name")] = node
        self.lines: dict[str, str] = {}

    def kind(self, name: str | None) -> str:
        """The kind of a type by its name; complex ones are added to the outline."""
        if name is None or name in {"xs:string", "xs:anyURI"}:
            return ""
        if name == "xs:boolean":
            return ":b"
        if name in NUMBERS:
            return ":n"
        node = self.types.get(name)
        if node is None:
            return ""
        if node.tag == f"{XSD}simpleType":
            base = node.find(f"{XSD}restriction")
            return self.kind(base.get("base")) if base is not None else ""
        self.add(name)
        return f":{name}"

    def add(self, name: str) -> None:
        """Add a complex type, with all that it needs."""
        if name in self.lines:
            return
        self.lines[name] = ""
        node = self.types[name]
        extension = node.find(f".//{XSD}extension")
        base = None if extension is None else extension.get("base")
        members: list[str] = []
        if node.find(f"{XSD}simpleContent") is not None:
            members.append(f"$value{self.kind(base)}")
            base = None
        elif base is not None:
            self.add(base)
        self.collect(node if extension is None else extension, members, many=False)
        heading = f"{name} < {base}" if base else name
        self.lines[name] = f"{heading} = {' '.join(members)}".rstrip()

    @staticmethod
    def must(element: Any) -> str:
        """The mark of an extension that the schema wants even where it is empty."""
        is_wanted = element.get("minOccurs", "1") != "0"
        return "!" if is_wanted and element.get("type") == "IntuitAnyType" else ""

    def collect(self, node: Any, members: list[str], *, many: bool) -> None:
        """The members below a node, in order."""
        for child in node:
            if not isinstance(child.tag, str):
                continue
            tag = child.tag.removeprefix(XSD)
            repeats = many or child.get("maxOccurs", "1") not in {"0", "1"}
            if tag == "element" and child.get("name"):
                mark = "*" if repeats else self.must(child)
                members.append(f"{child.get('name')}{self.kind(child.get('type'))}{mark}")
            elif tag == "attribute":
                members.append(f"@{child.get('name')}{self.kind(child.get('type'))}")
            elif tag == "any":
                members.append("~")
            elif tag in {"sequence", "choice", "all"}:
                self.collect(child, members, many=repeats)


def main(folder: Path, output: Path) -> None:
    """Write the outline of all entities."""
    outline = Outline(folder)
    for name in ENTITIES.split():
        outline.add(name)
    lines = [line for _, line in sorted(outline.lines.items())]
    output.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

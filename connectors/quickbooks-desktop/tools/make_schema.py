#!/usr/bin/env python3
"""Write `wire/schema.json`: the facts of the qbXML request schema in a notation of our own.

Usage: make_schema.py FOLDER OUTPUT, where FOLDER holds the published `qbxmlops130.xsd` with its
parts and, for versions and editions, the annotated sample `qbxmlops140.xml`.

Notation of a type: `[attributes] particles`; a particle is `Name:type` with `?`, `*`, `+` or `{n}`
(at most n), a group `( a b | c )`. `:type` is left out where the type is named as the element.
`~8.0` = since that version, `^` = not in the US edition. `e.Enum=` may be empty (it has a default).
"""

import json
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from lxml import etree

XSD = "{http://www.w3.org/2001/XMLSchema}"
SIMPLE = {
    "STRTYPE": "s", "MACROTYPE": "s", "UUIDTYPE": "s", "ENUMTYPE": "s", "IDTYPE": "s36",
    "BOOLTYPE": "bool", "DATETYPE": "date", "DATETIMETYPE": "datetime", "FLOATTYPE": "float",
    "TIMEINTERVALTYPE": "duration", "AMTTYPE": "amount", "PRICETYPE": "number", "INTTYPE": "int",
    "QUANTYPE": "number", "PERCENTTYPE": "number", "GUIDTYPE": "guid",
}  # fmt: skip
_OCCURS = {
    ("1", "1"): "", ("0", "1"): "?", ("0", "unbounded"): "*", ("1", "unbounded"): "+",
}  # fmt: skip
Note = tuple[str, bool]  # since which version, absent in the US edition


class Notes:
    """Versions and editions, by path of a request element, from the annotated sample."""

    def __init__(self, sample: Path) -> None:
        root = etree.parse(sample).getroot()
        by_line: dict[Any, str] = {
            comment.sourceline: comment.text or "" for comment in root.iter(etree.Comment)
        }
        self._found: dict[str, list[Note]] = defaultdict(list)
        for request in root.iterfind(".//QBXMLMsgsRq/*"):
            if isinstance(request.tag, str):
                self._walk(request, request.tag, by_line)

    def _walk(self, element: Any, path: str, by_line: dict[Any, str]) -> None:
        self._found[path].append(self._read(by_line.get(element.sourceline, "")))
        for child in element.iterchildren("*"):
            self._walk(child, f"{path}/{child.tag}", by_line)

    @staticmethod
    def _read(text: str) -> Note:
        since = re.search(r"\bv(\d+\.\d+)", text)
        absent = re.search(r"not in ([A-Z|]+)", text)
        not_us = absent is not None and "QBD" in absent[1].split("|")
        return (since[1] if since else "", not_us)

    def of(self, path: str) -> Note:
        """Combine what the sample says where an element occurs more than once at a path."""
        notes = self._found.get(path)
        if not notes:
            return ("", False)
        since = min((note[0] for note in notes), key=lambda text: float(text or 0))
        return (
            since if float(since or 0) > 2 else "",  # noqa: PLR2004 - nobody speaks less than 2.0
            all(note[1] for note in notes),
        )


class Schema:
    """The published schema, with every named component at hand."""

    def __init__(self, folder: Path) -> None:
        self.named: dict[tuple[str, Any], Any] = {}
        for part in ("qbxmlops130", "qbxml130", "qbxmlso130", "qbxmltypes130"):
            for node in etree.parse(folder / f"{part}.xsd").getroot():
                if isinstance(node.tag, str) and node.get("name"):
                    self.named[node.tag.removeprefix(XSD), node.get("name")] = node

    def message_types(self, name: str) -> dict[str, Any]:
        """Return the declarations of the messages in QBXMLMsgsRq or QBXMLMsgsRs."""
        choice = self.named["element", name].find(f"{XSD}complexType/{XSD}choice")
        return {
            node.get("name") or node.get("ref"): node for node in choice.iterfind(f"{XSD}element")
        }


class Writer:
    """Turns declarations into notation; equal types are written once."""

    def __init__(self, schema: Schema, notes: Notes | None) -> None:
        self._schema = schema
        self._notes = notes
        self.types: dict[str, str] = {}
        self.enums: dict[str, str] = {}
        self._named: dict[str, str] = {}
        self._enum_named: dict[str, str] = {}

    def element(self, node: Any, path: str) -> str:
        """Return `:type` notation of an element declaration, "" where it is the element's name."""
        if node.get("ref"):
            node = self._schema.named["element", node.get("ref")]
        name = str(node.get("name"))
        if node.get("type"):
            if node.get("type") in SIMPLE:
                return ":" + SIMPLE[node.get("type")]
            complex_type = self._schema.named["complexType", node.get("type")]
        else:
            simple = node.find(f"{XSD}simpleType")
            if simple is not None:
                return ":" + self._simple(simple, name) + ("=" if node.get("default") else "")
            complex_type = node.find(f"{XSD}complexType")
        text = self.complex(complex_type, path)
        used = self._named.get(text)
        if used is None:
            used = name
            number = 2
            while used in self.types:
                used, number = f"{name}.{number}", number + 1
            self.types[used], self._named[text] = text, used
        return "" if used == name else ":" + used

    def complex(self, node: Any, path: str) -> str:
        """Return the notation of a complex type."""
        content = node.find(f"{XSD}simpleContent")
        owner = node if content is None else content.find(f"{XSD}extension")
        attributes = " ".join(self._attribute(item) for item in owner.iterfind(f"{XSD}attribute"))
        head = f"[{attributes}] " if attributes else ""
        if content is not None:
            base = content.find(f"{XSD}extension").get("base")
            return head + "=" + SIMPLE[base]
        particle = next(
            (c for c in node if c.tag in {XSD + "sequence", XSD + "choice", XSD + "group"}), None
        )
        return (head + (self._particle(particle, path) if particle is not None else "")).strip()

    def _attribute(self, node: Any) -> str:
        simple = node.find(f"{XSD}simpleType")
        kind = self._simple(simple, node.get("name")) if simple is not None else "s"
        if node.get("type"):
            kind = SIMPLE[node.get("type")]
        return f"{node.get('name')}:{kind}" + ("!" if node.get("use") == "required" else "")

    def _particle(self, node: Any, path: str) -> str:
        low, high = node.get("minOccurs", "1"), node.get("maxOccurs", "1")
        if high == "0":
            return ""
        occurs = _OCCURS.get((low, high))
        if occurs is None and node.tag == XSD + "element" and low == "0":
            occurs = f"{{{high}}}"
        if occurs is None:
            raise ValueError(f"{path}: occurs {low} to {high} times, which has no notation")
        if node.tag == XSD + "element":
            name = str(node.get("name") or node.get("ref"))
            inner = f"{path}/{name}"
            return name + self.element(node, inner) + occurs + self._note(inner)
        if node.tag == XSD + "group":
            group = self._schema.named["group", node.get("ref")]
            child = next(c for c in group if isinstance(c.tag, str))
            text = self._particle(child, path)
            return f"( {text} ){occurs}" if occurs else text
        parts = [self._particle(c, path) for c in node if isinstance(c.tag, str)]
        parts = [part for part in parts if part]
        if node.tag == XSD + "choice":
            return f"( {' | '.join(parts)} ){occurs}"
        text = " ".join(parts)
        return f"( {text} ){occurs}" if occurs else text

    def _note(self, path: str) -> str:
        if self._notes is None:
            return ""
        since, absent = self._notes.of(path)
        return (f"~{since}" if since else "") + ("^" if absent else "")

    def _simple(self, node: Any, name: str) -> str:
        restriction = node.find(f"{XSD}restriction")
        values = [item.get("value") for item in restriction.iterfind(f"{XSD}enumeration")]
        if values:
            return "e." + self._enum(name, " ".join(values))
        length = restriction.find(f"{XSD}maxLength")
        if length is not None:
            return f"s{length.get('value')}"
        low = restriction.find(f"{XSD}minInclusive")
        high = restriction.find(f"{XSD}maxInclusive")
        if low is None and high is None:
            return SIMPLE[restriction.get("base")]
        bounds = [item.get("value") if item is not None else "" for item in (low, high)]
        return "int" + "-".join(bounds)

    def _enum(self, name: str, values: str) -> str:
        if values not in self._enum_named:
            used, number = name, 2
            while used in self.enums:
                used, number = f"{name}.{number}", number + 1
            self.enums[used], self._enum_named[values] = values, used
        return self._enum_named[values]


def answers(schema: Schema) -> dict[str, dict[str, str]]:  # noqa: C901 - one recursive walk
    """Collect of every answer what repeats in which element, and which repeated ones alternate."""
    repeats: dict[str, set[str]] = defaultdict(set)
    orders: dict[str, set[str]] = defaultdict(set)
    children: dict[str, list[str]] = {}
    done: set[str] = set()

    def walk(owner: str, node: Any, *, many: bool) -> None:
        if not isinstance(node.tag, str):
            return
        here = many or node.get("maxOccurs", "1") != "1"
        if node.tag == XSD + "element":
            name = node.get("name") or node.get("ref")
            if here:
                repeats[owner].add(name)
            declare(name, node)
        elif node.tag == XSD + "group":
            for child in schema.named["group", node.get("ref")]:
                walk(owner, child, many=here)
        else:
            if node.tag == XSD + "choice" and here:
                names = {c.get("name") or c.get("ref") for c in node.iterfind(f"{XSD}element")}
                if len(names) > 1:
                    orders[owner] |= names
            for child in node:
                walk(owner, child, many=here)

    def declare(name: str, node: Any) -> None:
        if node.get("ref"):
            node = schema.named["element", node.get("ref")]
        kind = node.get("type")
        if kind in SIMPLE or node.find(f"{XSD}simpleType") is not None:
            return
        inner = schema.named["complexType", kind] if kind else node.find(f"{XSD}complexType")
        key = f"{name} {etree.tostring(inner)!r}"
        if key in done:
            return
        done.add(key)
        for child in inner:
            walk(name, child, many=False)

    for name, node in schema.message_types("QBXMLMsgsRs").items():
        declare(name, node)
        inner = schema.named["complexType", node.get("type")]
        children[name] = _direct(schema, inner)
    return {
        "answers": {name: " ".join(names) for name, names in children.items()},
        "repeats": {name: " ".join(sorted(names)) for name, names in sorted(repeats.items())
                    if not name.endswith("Rs")},
        "orders": {name: " ".join(sorted(names)) for name, names in sorted(orders.items())
                   if not name.endswith("Rs")},
    }  # fmt: skip


def _direct(schema: Schema, node: Any) -> list[str]:
    found: list[str] = []
    for child in node:
        if child.tag == XSD + "element":
            found.append(child.get("name") or child.get("ref"))
        elif child.tag == XSD + "group":
            found.extend(_direct(schema, schema.named["group", child.get("ref")]))
        elif isinstance(child.tag, str):
            found.extend(_direct(schema, child))
    return [name for name in dict.fromkeys(found) if name != "ErrorRecovery"]


def main(folder: Path, output: Path) -> None:
    """Read the schema, write the data file."""
    schema = Schema(folder)
    sample = folder / "qbxmlops140.xml"
    notes = Notes(sample) if sample.exists() else None
    writer = Writer(schema, notes)
    requests = {}
    for name, node in schema.message_types("QBXMLMsgsRq").items():
        kind = writer.element(node, name).removeprefix(":") or name
        since = notes.of(name)[0] if notes else ""
        absent = "^" if notes and notes.of(name)[1] else ""
        requests[name] = ("" if kind == name else kind) + (f"~{since}" if since else "") + absent
    envelope = schema.named["element", "QBXMLMsgsRq"].find(f"{XSD}complexType")
    set_attributes = [writer._attribute(item) for item in envelope.iterfind(f"{XSD}attribute")]  # noqa: SLF001
    data = {
        "version": "13.0",
        "set": " ".join(set_attributes),
        "requests": requests,
        "types": writer.types,
        "enums": writer.enums,
        **answers(schema),
    }
    output.write_text(json.dumps(data, indent=0, ensure_ascii=True) + "\n", encoding="ascii")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

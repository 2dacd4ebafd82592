"""The XML form of entities: written in the schema's order, read into what the JSON form holds."""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

from .outline import Member, Shape, shape

NAMESPACE = "http://schema.intuit.com/finance/v3"
_EXTENSION = f"{{{NAMESPACE}}}"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)


class NotXmlError(ValueError):
    """A body is not XML, or holds something that has no place in the schema."""


def element(name: str, attributes: Mapping[str, str] | None = None) -> Any:
    """An element in Intuit's namespace, which is the default one."""
    return etree.Element(f"{_EXTENSION}{name}", dict(attributes or {}), nsmap={None: NAMESPACE})


def child(parent: Any, name: str, attributes: Mapping[str, str], text: str | None = None) -> Any:
    """Add an element of the envelope."""
    node = etree.SubElement(parent, f"{_EXTENSION}{name}", dict(attributes))
    if text is not None:
        _text(node, text)
    return node


def to_bytes(root: Any) -> bytes:
    """A document."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def add(parent: Any, name: str, value: Any) -> Any:
    """Add an entity, by the type of its name; what the schema does not know is left out."""
    node = etree.SubElement(parent, f"{_EXTENSION}{name}")
    kind = shape(name)
    _fill(node, kind, value) if kind else _text(node, value)
    return node


def unknown(name: str, value: Mapping[str, Any]) -> list[str]:
    """The paths in an entity of the JSON form that the schema does not know."""
    kind = shape(name)
    return [name] if kind is None else list(_unknown(kind, value, name))


def parse(data: bytes) -> Any:
    """The root element of a body; NotXmlError when there is none."""
    try:
        root = etree.fromstring(data, _PARSER)
    except etree.XMLSyntaxError as wrong:
        raise NotXmlError(str(wrong)) from wrong
    if etree.QName(root).namespace != NAMESPACE:
        raise NotXmlError(f"the namespace is not {NAMESPACE}")
    return root


def local(node: Any) -> str:
    """An element's name without its namespace."""
    return str(etree.QName(node).localname)


def children(node: Any) -> Iterator[Any]:
    """The elements below."""
    return iter(node.iterchildren(tag=etree.Element))


def from_element(node: Any) -> dict[str, Any]:
    """An entity in the JSON form; NotXmlError names what the schema does not know."""
    kind = shape(local(node))
    if kind is None:
        raise NotXmlError(f"{local(node)} is not known")
    value = _read(node, kind)
    return value if isinstance(value, dict) else {}


def _fill(node: Any, kind: Shape, value: Any) -> None:
    if kind.text is not None and not isinstance(value, Mapping):
        _text(node, value)
        return
    for name in kind.attributes:
        if value.get(name) is not None:
            node.set(name, _string(value[name]))
    if kind.text is not None:
        _text(node, value.get("value", ""))
    if kind.any:
        for item in value.get("any", ()):
            add(node, "NameValue", item["value"])
    for name, member in kind.elements.items():
        found = value.get(name, {} if member.must else None)
        if found is not None:
            for item in found if isinstance(found, list | tuple) else (found,):
                child = etree.SubElement(node, f"{_EXTENSION}{name}")
                below = shape(member.kind)
                _fill(child, below, item) if below else _text(child, item)


def _text(node: Any, value: Any) -> None:
    node.text = _string(value)


def _string(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    text = str(value)
    return "".join(c for c in text if c in "\t\n\r" or c >= " ")


def _unknown(kind: Shape, value: Mapping[str, Any], path: str) -> Iterator[str]:
    known = {**kind.elements, **kind.attributes}
    for name, found in value.items():
        if (name == "value" and kind.text) or (name == "any" and kind.any):
            continue
        member = known.get(name)
        if member is None:
            yield f"{path}.{name}"
            continue
        below = shape(member.kind)
        for item in found if isinstance(found, list | tuple) else (found,):
            if below and isinstance(item, Mapping):
                yield from _unknown(below, item, f"{path}.{name}")


def _read(node: Any, kind: Shape) -> Any:
    value: dict[str, Any] = {}
    for name, text in node.attrib.items():
        value[str(name)] = _value(str(text), kind.attributes.get(str(name)))
    if kind.text is not None:
        value["value"] = (node.text or "").strip()
        return value
    if kind.any:
        pairs = [{"value": _read(item, _name_value())} for item in children(node)]
        return {"any": pairs} if pairs else {}
    for child in children(node):
        name = local(child)
        member = kind.elements.get(name)
        if member is None:
            raise NotXmlError(f"{kind.name}.{name} is not known")
        below = shape(member.kind)
        item = _read(child, below) if below else _value(child.text or "", member)
        if member.many:
            value.setdefault(name, []).append(item)
        else:
            value[name] = item
    return value


def _name_value() -> Shape:
    found = shape("NameValue")
    assert found is not None  # noqa: S101 - the outline is ours
    return found


def _value(text: str, member: Member | None) -> Any:
    kind = member.kind if member else ""
    if kind == "b":
        if text.strip() not in {"true", "false", "0", "1"}:
            raise NotXmlError(f"{text!r} is neither true nor false")
        return text.strip() in {"true", "1"}
    if kind == "n":
        try:
            number = Decimal(text.strip())
        except InvalidOperation as wrong:
            raise NotXmlError(f"{text!r} is no number") from wrong
        return int(text) if text.strip().lstrip("+-").isdecimal() else number
    return text

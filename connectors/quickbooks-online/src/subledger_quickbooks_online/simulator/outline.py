"""Names, order and kinds of the members of every type, read from `outline.txt`."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from attrs import frozen

_MEMBER = re.compile(r"(?P<mark>[@$]?)(?P<name>\w+)(?::(?P<kind>\w+))?(?P<many>[*!]?)")


@frozen(kw_only=True)
class Member:
    """One element, attribute (`@`) or text (`$`) of a type; `kind` is empty for text."""

    name: str
    kind: str = ""
    many: bool = False
    must: bool = False
    mark: str = ""


@frozen(kw_only=True)
class Shape:
    """A type: its members in the order of the XML form."""

    name: str
    elements: Mapping[str, Member]
    attributes: Mapping[str, Member]
    text: Member | None = None
    any: bool = False


@cache
def _lines() -> Mapping[str, tuple[str, str]]:
    """Base and members of each type."""
    text = files(__package__).joinpath("outline.txt").read_text(encoding="utf-8")
    found = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            heading, _, members = line.partition(" =")
            name, _, base = heading.partition(" < ")
            found[name] = (base, members)
    return found


@cache
def shape(name: str) -> Shape | None:
    """The type of this name with all that it inherits, or None when there is none."""
    if name not in _lines():
        return None
    base, text = _lines()[name]
    inherited = shape(base) if base else None
    words = text.split()
    members = [_member(word) for word in words if word != "~"]
    elements = {member.name: member for member in members if not member.mark}
    attributes = {member.name: member for member in members if member.mark == "@"}
    content = next((member for member in members if member.mark == "$"), None)
    if inherited is not None:
        elements = {**inherited.elements, **elements}
        attributes = {**inherited.attributes, **attributes}
    return Shape(
        name=name, elements=elements, attributes=attributes, text=content, any="~" in words
    )


def _member(word: str) -> Member:
    match = _MEMBER.fullmatch(word)
    if match is None:  # pragma: no cover - the file is ours
        raise ValueError(f"{word} is no member")
    return Member(
        name=match["name"],
        kind=match["kind"] or "",
        many=match["many"] == "*",
        must=match["many"] == "!",
        mark=match["mark"],
    )


@cache
def entities() -> tuple[str, ...]:
    """The types that are objects of a company."""
    return tuple(name for name, (base, _) in _lines().items() if _is_entity(name, base))


def _is_entity(name: str, base: str) -> bool:
    abstract = {"Transaction", "SalesTransaction", "PurchaseByVendor", "NameBase", "IntuitEntity"}
    while base and base != "IntuitEntity":
        base = _lines()[base][0]
    return bool(base) and name not in abstract

"""Content models of the qbXML messages: the compact table read into things that can be asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources

from attrs import frozen


@frozen(kw_only=True)
class Child:
    """One child of a structure: a leaf with a type, or a structure by name."""

    tag: str
    type: str = ""
    structure: str = ""
    since: float = 0.0
    foreign: bool = False
    may_be_macro: bool = False


@frozen(kw_only=True)
class Structure:
    """A content model: attributes, children, and the order as a pattern over "Tag,Tag,"."""

    attributes: frozenset[str]
    children: Mapping[str, Child]
    repeated: frozenset[str]
    order: re.Pattern[str]


@frozen(kw_only=True)
class Message:
    """A request that the simulator knows: its structure and the version that brought it."""

    structure: str
    since: float


@frozen(kw_only=True)
class Field:
    """One child of an answer: its place is its index; `layout` names a nested structure."""

    tag: str
    layout: str
    since: float


_TOKEN = re.compile(
    r"(?P<open>\()|(?P<close>\))(?P<again>[?*+]|\{\d+,\d+\})?|(?P<bar>\|)|@(?P<attribute>\w+)|"
    r"(?P<tag>\w+)(?::(?P<type>=\w+|[A-Z%]+\d*(?:>=\d+)?(?:<=\d+)?)(?P<macro>@use)?"
    r"|\{(?P<structure>[\w.]+)\})?(?P<occurs>[?*+]|\{\d+,\d+\})?(?:~(?P<since>[\d.]+))?"
    r"(?P<foreign>\^)?"
)


@cache
def _sections() -> Mapping[str, Mapping[str, str]]:
    text = resources.files(__package__).joinpath("schema.txt").read_text(encoding="ascii")
    sections: dict[str, dict[str, str]] = {}
    section: dict[str, str] = {}
    for line in text.splitlines():
        if line.startswith("["):
            section = sections.setdefault(line[1:-1], {})
        elif line and not line.startswith("#"):
            name, separator, body = line.partition(" = ")
            section[name if separator else "names"] = body if separator else line
    return sections


@cache
def messages() -> Mapping[str, Message]:
    """Every request that is simulated, by name without "Rq"."""
    found: dict[str, Message] = {}
    for name, body in _sections()["messages"].items():
        structure, _, since = body.partition("~")
        found[name] = Message(structure=structure, since=float(since or 0))
    return found


@cache
def unsupported() -> frozenset[str]:
    """Requests of qbXML 13.0 that exist but are not simulated."""
    return frozenset(_sections()["unsupported"]["names"].split())


@cache
def enumeration(name: str) -> frozenset[str]:
    """The values of one enumeration, case-sensitive."""
    return frozenset(_sections()["enumerations"][name].split())


@cache
def structure(name: str) -> Structure:
    """The content model of one structure, compiled when first asked for."""
    attributes: set[str] = set()
    children: dict[str, Child] = {}
    repeated: set[str] = set()
    groups: list[list[str]] = [[]]
    pattern: list[str] = []
    for token in _TOKEN.finditer(_sections()["structures"].get(name, "")):
        if token["attribute"]:
            attributes.add(token["attribute"])
        elif token["open"]:
            groups.append([])
            pattern.append("(?:")
        elif token["close"]:
            tags = groups.pop()
            groups[-1].extend(tags)
            if token["again"] and token["again"] != "?":
                repeated.update(tags)
            pattern.append(")" + (token["again"] or ""))
        elif token["bar"]:
            pattern.append("|")
        else:
            child = Child(
                tag=token["tag"],
                type=token["type"] or "",
                structure=token["structure"] or "",
                since=float(token["since"] or 0),
                foreign=bool(token["foreign"]),
                may_be_macro=bool(token["macro"]),
            )
            children[child.tag] = child
            groups[-1].append(child.tag)
            occurs = token["occurs"] or ""
            if occurs not in ("", "?"):
                repeated.add(child.tag)
            pattern.append(f"(?:{child.tag},){occurs}")
    return Structure(
        attributes=frozenset(attributes),
        children=children,
        repeated=frozenset(repeated),
        order=re.compile("".join(pattern)),
    )


@cache
def layout(name: str) -> tuple[Field, ...]:
    """The children of an answer's structure in the order in which QuickBooks prints them."""
    return tuple(
        Field(tag=token["tag"], layout=token["structure"] or "", since=float(token["since"] or 0))
        for token in _TOKEN.finditer(_sections()["answers"][name])
    )

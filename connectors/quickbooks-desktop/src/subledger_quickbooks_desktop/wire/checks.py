"""Checking a request before it is sent: QuickBooks refuses a whole set for one bad field, unnamed.

Two groups of rules. SCHEMA: the verdict of the published qbXML 13.0 schema. The others are what the
schema lets pass and QuickBooks does not (qbXML SDK reference, remarks on the single messages).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

from attrs import frozen
from lxml import etree

from subledger_quickbooks_desktop.wire import forms, rules, schema
from subledger_quickbooks_desktop.wire.schema import START, Child, Content
from subledger_quickbooks_desktop.wire.versions import HIGHEST, Version

SCHEMA: Final = frozenset(
    {"unknown", "order", "repeat", "choice", "required", "text", "length", "enum", "form",
     "attribute"}
)  # fmt: skip

Edition = Literal["US", "other"]


@frozen
class Problem:
    """One thing wrong: where, which rule, and the detail in words."""

    path: str
    rule: str
    detail: str

    def __str__(self) -> str:
        return f"{self.path}: {self.detail} ({self.rule})"


@frozen
class _Target:
    version: Version
    edition: Edition


def check_request(
    request: etree._Element, *, version: Version = HIGHEST, edition: Edition = "US"
) -> list[Problem]:
    """Return every problem of one request element, such as `CheckAddRq`; empty = may be sent."""
    name = str(request.tag)
    place = schema.request(name)
    if place is None:
        return [Problem(name, "unknown", "there is no such request")]
    target = _Target(version, edition)
    problems = [*_target(place, name, target), *_element(request, place.kind, name, target)]
    problems.extend(Problem(*found) for found in rules.check(request, name))
    return problems


def check_message_set(
    root: etree._Element, *, version: Version = HIGHEST, edition: Edition = "US"
) -> list[Problem]:
    """Return every problem of a message set, given its QBXML element."""
    message_sets = [child for child in root if child.tag == "QBXMLMsgsRq"]
    if root.tag != "QBXML" or len(message_sets) != 1 or len(root) != 1:
        return [Problem(str(root.tag), "required", "QBXML holds one QBXMLMsgsRq")]
    message_set = message_sets[0]
    path = "QBXMLMsgsRq"
    problems = [*_attributes(message_set, schema.set_attributes(), path), *_text(root, "QBXML")]
    problems.extend(_text(message_set, path))
    problems.extend(Problem(*found) for found in rules.check_set_ids(message_set, path))
    for request in message_set.iterchildren("*"):
        problems.extend(check_request(request, version=version, edition=edition))
    return problems


def _element(element: etree._Element, kind: str, path: str, target: _Target) -> Iterator[Problem]:
    if not schema.is_complex(kind):
        if element.attrib:
            yield from _attributes(element, {}, path)
        yield from _simple(element, kind, path)
        return
    content = schema.content(kind)
    if element.attrib or content.attributes:
        yield from _attributes(element, content.attributes, path)
    if content.text:
        yield from _simple(element, content.text, path)
        return
    if element.text and not content.children:
        yield Problem(path, "text", "it must be empty")
    yield from _text(element, path)
    yield from _children(element, content, path, target)


def _children(
    element: etree._Element, content: Content, path: str, target: _Target
) -> Iterator[Problem]:
    state = START
    counts: dict[str, int] = {}
    for child in element.iterchildren("*"):
        name = str(child.tag)
        number = counts[name] = counts.get(name, 0) + 1
        following = content.steps[state].get(name)
        child_path = f"{path}/{name}" if number == 1 else f"{path}/{name}[{number}]"
        if following is not None:
            place: Child | None = content.children[following]
            state = following
        else:
            place = content.place(name)
            yield _misplaced(content, state, name, child_path)
            if ahead := _missing(content, state, name):
                state = ahead[-1]
        if place is not None:
            yield from _target(place, child_path, target)
            yield from _element(child, place.kind, child_path, target)
    if state not in content.accepting:
        missing = [content.children[index].name for index in _missing(content, state, None)]
        yield Problem(path, "required", f"{', '.join(missing)} is missing")


def _misplaced(content: Content, state: int, name: str, path: str) -> Problem:
    if name not in content.ranks:
        return Problem(path, "unknown", "there is no such field here")
    ahead = _missing(content, state, name)
    if ahead:
        missing = ", ".join(content.children[index].name for index in ahead[:-1])
        return Problem(path, "required", f"{missing} is missing before it")
    before = content.children[state].name if state != START else ""
    if before == name:
        return Problem(path, "repeat", "it stands here once too often")
    if before and content.ranks[name] < content.ranks[before]:
        return Problem(path, "order", f"it must stand before {before}")
    return Problem(path, "choice", f"it cannot stand together with {before or 'what is there'}")


def _missing(content: Content, state: int, name: str | None) -> tuple[int, ...]:
    """Return the shortest way from a state over a child of this name, or to a complete element."""
    ways: list[tuple[int, ...]] = [()]
    seen = {state}
    for way in ways:
        here = way[-1] if way else state
        if name is None and here in content.accepting:
            return way
        for child, following in content.steps[here].items():
            if child == name:
                return (*way, following)
            if following not in seen:
                seen.add(following)
                ways.append((*way, following))
    return ()


def _simple(element: etree._Element, kind: str, path: str) -> Iterator[Problem]:
    if next(element.iterchildren("*"), None) is not None:
        yield Problem(path, "text", "it holds elements instead of text")
        return
    text = (element.text or "") + "".join(comment.tail or "" for comment in element)
    found = forms.fault(kind, text)
    if found is not None:
        yield Problem(path, *found)
    else:
        for rule, detail in rules.check_text(kind, text):
            yield Problem(path, rule, detail)


def _text(element: etree._Element, path: str) -> Iterator[Problem]:
    stray = (element.text or "").strip(" \t\r\n") or any(
        (child.tail or "").strip(" \t\r\n") for child in element
    )
    if stray:
        yield Problem(path, "text", "it holds text between its fields")


def _attributes(
    element: etree._Element, known: Mapping[str, tuple[str, bool]], path: str
) -> Iterator[Problem]:
    given: Any = element.attrib
    for name, value in given.items():
        if name not in known:
            yield Problem(f"{path}/@{name}", "attribute", "there is no such attribute here")
        elif found := forms.fault(known[name][0], value):
            yield Problem(f"{path}/@{name}", "attribute", found[1])
    for name, (_, required) in known.items():
        if required and name not in given:
            yield Problem(f"{path}/@{name}", "attribute", "it is missing")


def _target(place: Child, path: str, target: _Target) -> Iterator[Problem]:
    if place.since is not None and target.version < place.since:
        yield Problem(path, "version", f"it needs qbXML {place.since}, this is {target.version}")
    if target.edition == "US" and not place.in_us:
        yield Problem(path, "edition", "the US edition of QuickBooks does not have it")

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

_HAS_ATTRIBUTES = etree.XPath("boolean(descendant::*/@*)")
_STRAY_TEXT = etree.XPath("descendant-or-self::*[*]/text()[normalize-space()]")


@frozen
class Problem:
    """One thing wrong: where, which rule, and the detail in words."""

    path: str
    rule: str
    detail: str

    def __str__(self) -> str:
        return f"{self.path}: {self.detail} ({self.rule})"


def check_request(
    request: etree._Element, *, version: Version = HIGHEST, edition: Edition = "US"
) -> list[Problem]:
    """Return every problem of one request element, such as `CheckAddRq`; empty = may be sent."""
    name = str(request.tag)
    place = schema.request(name)
    if place is None:
        return [Problem(name, "unknown", "there is no such request")]
    check = _Check(request, version, edition)
    check.place(request, place)
    content = schema.content(place.kind)
    check.attributes(request, content.attributes)
    check.children(request, content)
    for text in _STRAY_TEXT(request):
        owner = text.getparent() if text.is_text else text.getparent().getparent()
        check.report(owner, "text", "it holds text between its fields")
    for element, rule, detail in rules.check(request):
        check.report(element, rule, detail)
    return check.problems


def check_message_set(
    root: etree._Element, *, version: Version = HIGHEST, edition: Edition = "US"
) -> list[Problem]:
    """Return every problem of a message set, given its QBXML element."""
    message_sets = [child for child in root if child.tag == "QBXMLMsgsRq"]
    if root.tag != "QBXML" or len(message_sets) != 1 or len(root) != 1:
        return [Problem(str(root.tag), "required", "QBXML holds one QBXMLMsgsRq")]
    message_set = message_sets[0]
    check = _Check(root, version, edition)
    check.attributes(message_set, schema.set_attributes())
    for element, rule, detail in rules.check_set_ids(message_set):
        check.report(element, rule, detail)
    for element in (root, message_set):
        texts = [element.text, *(child.tail for child in element)]
        if any((text or "").strip(forms.SPACE) for text in texts):
            check.report(element, "text", "it holds text between its fields")
    problems = check.problems
    for request in message_set.iterchildren("*"):
        problems.extend(check_request(request, version=version, edition=edition))
    return problems


class _Check:
    """One walk over a request; a path is only put together where there is a problem."""

    def __init__(self, top: etree._Element, version: Version, edition: Edition) -> None:
        self.problems: list[Problem] = []
        self._top = top
        self._version = version
        self._is_old = version < HIGHEST
        self._is_us = edition == "US"
        self._may_clear = str(top.tag).endswith("ModRq")
        self._attributes = bool(_HAS_ATTRIBUTES(top))

    def report(self, element: etree._Element, rule: str, detail: str, suffix: str = "") -> None:
        self.problems.append(Problem(_path(element, self._top) + suffix, rule, detail))

    def place(self, element: etree._Element, place: Child) -> None:
        if self._is_old and place.since is not None and self._version < place.since:
            detail = f"it needs qbXML {place.since}, this is {self._version}"
            self.report(element, "version", detail)
        if self._is_us and not place.in_us:
            self.report(element, "edition", "the US edition of QuickBooks does not have it")

    def children(self, element: etree._Element, content: Content) -> None:
        state = START
        steps = content.steps
        text = element.text
        if text and not len(element) and (text.strip(forms.SPACE) or not content.children):
            self.report(element, "text", "it holds text instead of fields")
        child: Any
        for child in element.iterchildren("*"):
            following = steps[state].get(child.tag)
            if following is not None:
                state = following
                self._child(child, content.children[state])
                continue
            state = self._misplaced(child, content, state)
        if state not in content.accepting:
            missing = [content.children[index].name for index in _way(content, state, None)]
            self.report(element, "required", f"{', '.join(missing)} is missing")

    def _child(self, element: etree._Element, place: Child) -> None:
        if self._is_old or not place.in_us:
            self.place(element, place)
        kind = place.kind
        known: Mapping[str, tuple[str, bool]] = {}
        if schema.is_complex(kind):
            content = schema.content(kind)
            known = content.attributes
            if content.text:
                self._leaf(element, content.text)
            else:
                self.children(element, content)
                if "ListID" in content.ranks and place.name.endswith("Ref"):
                    self._reference(element)
        else:
            self._leaf(element, kind)
        if self._attributes:
            self.attributes(element, known)

    def _leaf(self, element: etree._Element, kind: str) -> None:
        text = element.text or ""
        if len(element):
            if next(element.iterchildren("*"), None) is not None:
                self.report(element, "text", "it holds elements instead of text")
                return
            text += "".join(comment.tail or "" for comment in element)
        found = forms.fault(kind, text) or rules.check_text(kind, text)
        if found is not None:
            self.report(element, *found)

    def _reference(self, element: etree._Element) -> None:
        detail = rules.check_reference(element, may_clear=self._may_clear)
        if detail:
            self.report(element, "reference", detail)

    def _misplaced(self, element: etree._Element, content: Content, state: int) -> int:
        """Report a child that cannot follow; return the state to go on from."""
        name = str(element.tag)
        ahead = _way(content, state, name)
        before = content.children[state].name if state != START else ""
        if name not in content.ranks:
            self.report(element, "unknown", "there is no such field here")
        elif ahead:
            missing = ", ".join(content.children[index].name for index in ahead[:-1])
            self.report(element, "required", f"{missing} is missing before it")
        elif before == name:
            self.report(element, "repeat", "it stands here once too often")
        elif before and content.ranks[name] < content.ranks[before]:
            self.report(element, "order", f"it must stand before {before}")
        else:
            self.report(element, "choice", f"it cannot stand together with {before or 'the rest'}")
        if place := content.place(name):
            self._child(element, place)
        return ahead[-1] if ahead else state

    def attributes(self, element: etree._Element, known: Mapping[str, tuple[str, bool]]) -> None:
        given: Any = element.attrib
        for name, value in given.items():
            if name not in known:
                self.report(element, "attribute", "there is no such attribute here", f"/@{name}")
            elif found := forms.fault(known[name][0], value):
                self.report(element, "attribute", found[1], f"/@{name}")
        for name, (_, required) in known.items():
            if required and name not in given:
                self.report(element, "attribute", "it is missing", f"/@{name}")


def _way(content: Content, state: int, name: str | None) -> tuple[int, ...]:
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


def _path(element: etree._Element, top: etree._Element) -> str:
    """Return where an element stands, with its number among those of its name beyond the first."""
    return "/".join(reversed([*_steps(element, top)]))


def _steps(element: etree._Element, top: etree._Element) -> Iterator[str]:
    node: etree._Element | None = element
    while node is not None:
        name = str(node.tag)
        number = 1 + sum(1 for _ in node.itersiblings(name, preceding=True))
        parent = node.getparent()
        if node is top or parent is None:
            yield name
            return
        yield name if number == 1 else f"{name}[{number}]"
        node = parent

"""The qbXML 13.0 request schema as data of ours: content models, kinds, versions, editions.

`schema.json` is generated (tools/make_schema.py); it is read at the first use and compiled type by
type. A content model becomes a deterministic automaton, so a verdict costs a look-up per child.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from attrs import Factory, define, field, frozen

from subledger_quickbooks_desktop.wire.versions import Version, parse_version

START: Final = -1
_TOKEN: Final = re.compile(
    r"(?P<name>\w+)(?::(?P<kind>[\w.=-]+))?(?P<occurs>[?*+]|\{\d+\})?"
    r"(?:~(?P<since>\d+\.\d+))?(?P<absent>\^)?"
)
_ATTRIBUTE: Final = re.compile(r"(\w+):([\w.]+)(!?)")


@frozen
class Child:
    """One place of a child in a content model; `kind` is a simple form or the name of a type."""

    name: str
    kind: str
    since: Version | None = None
    in_us: bool = True


@frozen
class Content:
    """What an element may hold: attributes, text of a form, or children accepted by an automaton.

    `steps[state][name]` is the next state; states are indexes into `children`, START at the
    beginning. `ranks` sorts children; names that may alternate share a rank.
    """

    attributes: Mapping[str, tuple[str, bool]] = field(factory=dict)
    text: str = ""
    children: tuple[Child, ...] = ()
    steps: Mapping[int, Mapping[str, int]] = field(factory=dict)
    accepting: frozenset[int] = frozenset({START})
    ranks: Mapping[str, int] = field(factory=dict)

    def place(self, name: str) -> Child | None:
        """Return any place of a child of this name."""
        return next((child for child in self.children if child.name == name), None)


@cache
def request_names() -> frozenset[str]:
    """Return the names of all request elements."""
    return frozenset(_data()["requests"])


@cache
def request(name: str) -> Child | None:
    """Return a request element's place in a message set, None if there is no such request."""
    note = _data()["requests"].get(name)
    if note is None:
        return None
    kind, _, since = note.rstrip("^").partition("~")
    return Child(name, kind or name, parse_version(since), not note.endswith("^"))


@cache
def content(kind: str) -> Content:
    """Return the content of a complex type; raises KeyError if there is none of this name."""
    return _compile(_data()["types"][kind])


@cache
def set_attributes() -> Mapping[str, tuple[str, bool]]:
    """Return the attributes of QBXMLMsgsRq: form and whether it is required."""
    return _attributes(_data()["set"])


@cache
def enumeration(name: str) -> frozenset[str]:
    """Return the values of an enumeration."""
    return frozenset(_data()["enums"][name].split(" "))


def is_complex(kind: str) -> bool:
    """Tell whether a kind is a complex type (they begin with a capital letter)."""
    return kind[0].isupper()


@cache
def answer_children(answer: str) -> tuple[str, ...]:
    """Return the names of the records that an answer element such as `CheckAddRs` may hold."""
    return tuple(_data()["answers"].get(answer, "").split())


@cache
def mixed_records() -> frozenset[str]:
    """Return the records of lists that mix several sorts, such as `ItemServiceRet`."""
    return frozenset((*answer_children("ItemQueryRs"), *answer_children("TermsQueryRs")))


@cache
def answer_shapes() -> tuple[Mapping[str, frozenset[str]], Mapping[str, frozenset[str]]]:
    """Return, by element of an answer, which children repeat, and which of those alternate."""
    data = _data()
    return _sets(data["repeats"]), _sets(data["orders"])


def _sets(lists: Mapping[str, str]) -> Mapping[str, frozenset[str]]:
    return {name: frozenset(text.split()) for name, text in lists.items()}


@cache
def _data() -> Mapping[str, Any]:
    source = files("subledger_quickbooks_desktop.wire").joinpath("schema.json")
    loaded: dict[str, Any] = json.loads(source.read_bytes())
    return loaded


def _attributes(text: str) -> Mapping[str, tuple[str, bool]]:
    return {name: (kind, bool(required)) for name, kind, required in _ATTRIBUTE.findall(text)}


@define
class _Part:
    """A piece of a content model: may it be absent, which states begin it, which end it."""

    empty: bool
    first: list[int] = Factory(list)
    last: list[int] = Factory(list)


def _compile(text: str) -> Content:
    attributes: Mapping[str, tuple[str, bool]] = {}
    if text.startswith("["):
        head, _, text = text[1:].partition("]")
        attributes, text = _attributes(head), text.strip()
    if text.startswith("="):
        return Content(attributes, text=text[1:])
    return _Compiler(iter(text.split())).content(attributes)


class _Compiler:
    """Glushkov's construction: one state per place of a child."""

    def __init__(self, tokens: Iterator[str]) -> None:
        self._tokens = tokens
        self._children: list[Child] = []
        self._follow: dict[int, list[int]] = {}
        self._ranks: dict[str, int] = {}

    def content(self, attributes: Mapping[str, tuple[str, bool]]) -> Content:
        whole, _ = self._group()
        steps = {START: self._by_name(whole.first)}
        steps |= {state: self._by_name(states) for state, states in self._follow.items()}
        accepting = frozenset(whole.last) | ({START} if whole.empty else frozenset())
        self._rank()
        return Content(
            attributes,
            children=tuple(self._children),
            steps=steps,
            accepting=accepting,
            ranks=self._ranks,
        )

    def _by_name(self, states: list[int]) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for state in sorted(states):
            found.setdefault(self._children[state].name, state)
        return found

    def _rank(self) -> None:
        """Rank names by place; those that can follow each other in both directions share a rank."""
        for state, child in enumerate(self._children):
            loops = [other for other in self._follow[state] if other <= state]
            self._ranks.setdefault(child.name, min(loops, default=state))

    def _group(self) -> tuple[_Part, str]:
        """Read alternatives up to the closing bracket; return them and what stands after it."""
        choices = [_Part(empty=True)]
        for token in self._tokens:
            if token == "|":  # noqa: S105 - a mark of the notation
                choices.append(_Part(empty=True))
            elif token.startswith(")"):
                return _either(choices), token[1:]
            elif token == "(":  # noqa: S105 - a mark of the notation
                part, occurs = self._group()
                choices[-1] = self._then(choices[-1], self._repeat(part, occurs))
            else:
                choices[-1] = self._then(choices[-1], self._leaf(token))
        return _either(choices), ""

    def _leaf(self, token: str) -> _Part:
        match = _TOKEN.fullmatch(token)
        if match is None:
            raise ValueError(f"schema.json holds an unreadable particle: {token}")
        name, occurs = match["name"], match["occurs"] or ""
        since = parse_version(match["since"] or "")
        child = Child(name, match["kind"] or name, since, not match["absent"])
        if not occurs.startswith("{"):
            return self._repeat(self._state(child), occurs)
        part = _Part(empty=True)
        for _ in range(int(occurs[1:-1])):
            part = self._then(part, self._repeat(self._state(child), "?"))
        return part

    def _state(self, child: Child) -> _Part:
        state = len(self._children)
        self._children.append(child)
        self._follow[state] = []
        return _Part(empty=False, first=[state], last=[state])

    def _repeat(self, part: _Part, occurs: str) -> _Part:
        if occurs in ("*", "+"):
            self._link(part.last, part.first)
        if occurs in ("*", "?"):
            part.empty = True
        return part

    def _then(self, one: _Part, two: _Part) -> _Part:
        self._link(one.last, two.first)
        return _Part(
            empty=one.empty and two.empty,
            first=one.first + (two.first if one.empty else []),
            last=two.last + (one.last if two.empty else []),
        )

    def _link(self, before: list[int], after: list[int]) -> None:
        for state in before:
            self._follow[state] = list(dict.fromkeys([*self._follow[state], *after]))


def _either(choices: list[_Part]) -> _Part:
    return _Part(
        empty=any(part.empty for part in choices),
        first=[state for part in choices for state in part.first],
        last=[state for part in choices for state in part.last],
    )

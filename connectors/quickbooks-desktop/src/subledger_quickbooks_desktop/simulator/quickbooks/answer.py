"""Answers as QuickBooks prints them: one element a line, no indentation, fixed order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from attrs import field, frozen

from .check import LINES
from .iterators import Page
from .schema import Field, layout
from .status import NO_MATCH, OK, incomplete, severity
from .text import escaped

_HEAD = '<?xml version="1.0" ?>\n<QBXML>\n'
_TAIL = "</QBXML>\n"
_REFERENCE = "Ref"
_INCOMPLETE = 500


@frozen(kw_only=True)
class Outcome:
    """What one request came to: its status, its data as printed lines, and what it touched.

    `identity` holds the fields of ErrorRecovery for a write: (tag, value) pairs.
    """

    code: int = 0
    message: str = OK
    data: tuple[str, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    identity: tuple[tuple[str, str], ...] = field(default=())


def of_query(page: Page, data: Sequence[str], absent: Sequence[str] = ()) -> Outcome:
    """A query's outcome: 0, 1 when nothing matched, 500 when something asked for is absent."""
    code, message = 0, OK
    if absent:
        code, message = _INCOMPLETE, incomplete(absent[0])
    elif not data and not page.is_quiet:
        code, message = 1, NO_MATCH
    return Outcome(code=code, message=message, data=tuple(data), attributes=page.attributes)


@frozen(kw_only=True)
class Printer:
    """Prints objects for one qbXML version; `name` tells a list object's full name."""

    version: float
    name: Callable[[str], str]

    def object(
        self, tag: str, values: Mapping[str, Any], include: frozenset[str] = frozenset()
    ) -> list[str]:
        """The lines of one object of a query; `include` names the elements wanted, all if none."""
        out: list[str] = []
        self._structure(out, tag, values, layout(tag), include)
        return out

    def _structure(
        self,
        out: list[str],
        tag: str,
        values: Mapping[str, Any],
        children: tuple[Field, ...],
        include: frozenset[str],
    ) -> None:
        out.append(f"<{tag}>")
        lines = values.get(LINES)
        for child in children:
            if child.since > self.version or (include and child.tag not in include):
                continue
            value = values.get(child.tag)
            if value is not None:
                self._value(out, child, value)
            elif lines and any(line_tag == child.tag for line_tag, _ in lines):
                kinds = {known.tag: known.layout for known in children if known.layout}
                for line_tag, line in lines:
                    self._structure(out, line_tag, line, layout(kinds[line_tag]), frozenset())
                lines = None
        out.append(f"</{tag}>")

    def _value(self, out: list[str], child: Field, value: Any) -> None:
        if isinstance(value, str):
            if value:
                out.append(f"<{child.tag}>{escaped(value)}</{child.tag}>")
        elif isinstance(value, list):
            for single in value:
                self._value(out, child, single)
        elif child.layout == _REFERENCE:
            identity = value["ListID"]
            name = self.name(identity)
            out.append(f"<{child.tag}>")
            out.append(f"<ListID>{identity}</ListID>")
            if name:
                out.append(f"<FullName>{escaped(name)}</FullName>")
            out.append(f"</{child.tag}>")
        elif value:
            self._structure(out, child.tag, value, layout(child.layout), frozenset())


def response(
    name: str,
    request_id: str | None,
    outcome: Outcome,
    *,
    with_data: bool,
) -> str:
    """One <...Rs> with its status and data."""
    attributes: list[tuple[str, str]] = []
    if request_id is not None:
        attributes.append(("requestID", request_id))
    attributes.append(("statusCode", str(outcome.code)))
    attributes.append(("statusSeverity", severity(outcome.code)))
    attributes.append(("statusMessage", outcome.message))
    attributes.extend(outcome.attributes)
    head = f"<{name}Rs{_printed(attributes)}"
    if not outcome.data or not with_data:
        return f"{head} />\n"
    data = "\n".join(outcome.data)
    return f"{head}>\n{data}\n</{name}Rs>\n"


def recovery_data(identity: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The element that tells a write's id when its data is not repeated (since 11.0)."""
    lines = [f"<{tag}>{escaped(value)}</{tag}>" for tag, value in identity if value]
    return ("<ErrorRecovery>", *lines, "</ErrorRecovery>") if lines else ()


def envelope(responses: str, attributes: Iterable[tuple[str, str]] = ()) -> str:
    """The whole answer around its responses."""
    head = f"<QBXMLMsgsRs{_printed(attributes)}"
    if not responses:
        return f"{_HEAD}{head} />\n{_TAIL}"
    return f"{_HEAD}{head}>\n{responses}</QBXMLMsgsRs>\n{_TAIL}"


def _printed(attributes: Iterable[tuple[str, str]]) -> str:
    return "".join(f' {name}="{escaped(value)}"' for name, value in attributes)

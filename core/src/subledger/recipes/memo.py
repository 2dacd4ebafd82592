"""The memo of a document, from a template: marker first, empty fields leave no separators."""

from collections.abc import Mapping
from string import Formatter
from typing import Final

from attrs import frozen

from subledger.recipes.text import cut, one_line

FIELDS: Final = (
    "marker",
    "cardholder",
    "notes",
    "receipts",
    "merchant",
    "description",
    "transaction_date",
)
"""What a template may name."""

LIMIT: Final = 4000
"""The longest memo, in characters: the shortest limit among the usual general ledgers."""


@frozen
class Template:
    """A parsed template: each field with the text that separates it from what is before it.

    ``tail`` is the text after the last field; it is written only where that field is.
    """

    fields: tuple[tuple[str, str], ...]
    tail: str = ""


def parse_template(text: str) -> Template:
    """The template that a text describes. Raises ValueError with a sentence for the owner."""
    try:
        pieces = list(Formatter().parse(text))
    except ValueError as error:
        raise ValueError(f"the memo template is not readable: {error}") from error
    tail = pieces.pop()[0] if pieces and pieces[-1][1] is None else ""
    for _, name, spec, conversion in pieces:
        if name not in FIELDS or spec or conversion:
            known = ", ".join(FIELDS)
            raise ValueError(f"the memo template cannot use {{{name}}}; it knows {known}")
    fields = tuple((separator, name or "") for separator, name, _, _ in pieces)
    if not fields or fields[0] != ("", "marker"):
        raise ValueError("the memo template must start with {marker}, which finds the document")
    after = fields[1][0] if len(fields) > 1 else tail
    if (len(fields) > 1 or tail) and not after[:1].isspace():
        raise ValueError("the memo template needs a space after {marker}")
    return Template(fields, tail)


def render_memo(template: Template, values: Mapping[str, str]) -> str:
    """The memo, on one line and at most :data:`LIMIT` long; the marker is never cut."""
    marker, *others = template.fields
    rest, last = "", values[marker[1]]
    for separator, name in others:
        last = one_line(values.get(name, ""))
        if last:
            rest += separator + last
    if last:
        rest += template.tail
    return values["marker"] + cut(rest, LIMIT - len(values["marker"]), "...")

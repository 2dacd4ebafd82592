"""Writing qbXML: elements in schema order from plain values, and message sets as exact bytes."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from io import BytesIO
from typing import Any, Final, Literal

from lxml import etree

from subledger_quickbooks_desktop.wire import forms, schema
from subledger_quickbooks_desktop.wire.versions import parse_version

Fields = Mapping[str, Any] | Sequence[tuple[str, Any]]
OnError = Literal["stopOnError", "continueOnError"]

MAX_SET_ID: Final = 23
CLEAR_ALL: Final = "ClearAllMessageSets"
_sub_element = etree.SubElement  # one look-up less for every element


def build(name: str, fields: Fields = (), **attributes: str) -> etree._Element:
    """Build a request element, such as `CheckAddRq`, with its children in the order of the schema.

    `fields` nest mappings; a list repeats its child; None leaves a child out; "" writes it empty.
    Where alternating lines must keep an order of their own (debits and credits, lines and groups),
    give that level as a sequence of (name, value). Attributes are requestID, iterator, iteratorID,
    metaData. Raises ValueError with the path for a name, value or text that cannot be written; what
    the schema demands beyond order is for `checks.check_request`.
    """
    place = schema.request(name)
    if place is None:
        raise ValueError(f"{name}: there is no such request")
    element = etree.Element(name, {key: value for key, value in attributes.items() if value})
    try:
        _fill(element, place.kind, fields)
    except _UnwritableError as error:
        raise ValueError(f"{name}/{error}") from None
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    return element


def message_set(
    requests: Iterable[etree._Element],
    *,
    version: str = "13.0",
    on_error: OnError = "stopOnError",
    new_set_id: str | None = None,
    old_set_id: str | None = None,
) -> bytes:
    """Write requests as a message set: ASCII with numeric references, same input, same bytes.

    Requests may come from a generator; memory is that of the output. Set ids are for error
    recovery and at most 23 long (qbXML SDK, error recovery); an empty set with both ids the same
    asks for the status of that set. Raises ValueError.
    """
    if parse_version(version) is None:
        raise ValueError(f"{version!r} is no qbXML version")
    attributes: dict[str, str] = {"onError": on_error}
    for key, value in (("newMessageSetID", new_set_id), ("oldMessageSetID", old_set_id)):
        if value is not None:
            _check_set_id(key, value)
            attributes[key] = value
    out = BytesIO()
    out.write(f'<?xml version="1.0" encoding="utf-8"?><?qbxml version="{version}"?>'.encode())
    with (
        etree.xmlfile(out, encoding="us-ascii") as document,
        document.element("QBXML"),
        document.element("QBXMLMsgsRq", attributes),
    ):
        for request in requests:
            document.write(request, with_tail=False)
    return out.getvalue()


def status_enquiry(set_id: str, *, version: str = "13.0") -> bytes:
    """Write the question what became of a message set; it executes nothing."""
    return message_set((), version=version, new_set_id=set_id, old_set_id=set_id)


def _check_set_id(key: str, value: str) -> None:
    limit = MAX_SET_ID
    if key == "oldMessageSetID" and value == CLEAR_ALL:
        return
    if not value or len(value) > limit or not value.isascii():
        raise ValueError(f"{key} must have 1 to {limit} ASCII characters, not {value!r}")


class _UnwritableError(ValueError):
    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path = path
        self.why = why


_Place = tuple[str, str, bool]  # name of a child, its form or type, complex or not


def _fill(element: etree._Element, kind: str, fields: Fields) -> None:
    """Write the children of an element; the path of an error is completed on its way out."""
    name = ""
    try:
        if type(fields) is dict:
            for place in _plan(kind, tuple(fields)):
                name, _, is_complex = place
                value = fields[name]
                if type(value) is str and not is_complex:
                    _sub_element(element, name).text = value
                else:
                    _put(element, place, value)
        else:
            for place, value in _sorted(kind, fields):
                name = place[0]
                _put(element, place, value)
    except _UnwritableError as error:
        raise _UnwritableError(f"{name}/{error.path}", error.why) from None
    except (ValueError, TypeError) as error:
        if not name:
            raise
        raise _UnwritableError(name, str(error)) from None


def _sorted(kind: str, fields: Fields) -> list[tuple[_Place, Any]]:
    if isinstance(fields, str):
        raise ValueError("holds fields, not a text")  # noqa: TRY004 - one error to catch
    pairs = list(fields.items() if isinstance(fields, Mapping) else fields)
    ranks = schema.content(kind).ranks
    places = {place[0]: place for place in _plan(kind, tuple(name for name, _ in pairs))}
    pairs.sort(key=lambda pair: ranks[pair[0]])
    return [(places[name], value) for name, value in pairs]


@cache
def _plan(kind: str, names: tuple[str, ...]) -> tuple[_Place, ...]:
    """Sort the names of one shape of document; documents of a shape come by the thousand."""
    content = schema.content(kind)
    unknown = [name for name in names if name not in content.ranks]
    if unknown:
        raise ValueError(f"has no field {', '.join(unknown)}")
    kinds = {child.name: child.kind for child in reversed(content.children)}
    return tuple(
        (name, *_form(kinds[name])) for name in sorted(names, key=content.ranks.__getitem__)
    )


def _form(kind: str) -> tuple[str, bool]:
    """Return the simple form of a kind, or the type whose children are to be filled in."""
    if not schema.is_complex(kind):
        return kind, False
    text = schema.content(kind).text
    return (text, False) if text else (kind, True)


def _put(parent: etree._Element, place: _Place, value: Any) -> None:
    """Write one child, its repetitions, or nothing for None."""
    name, kind, is_complex = place
    if is_complex and type(value) is dict:
        _fill(_sub_element(parent, name), kind, value)
    elif value is not None:
        for item in _repeated(value):
            child = _sub_element(parent, name)
            if is_complex:
                _fill(child, kind, item)
            else:
                child.text = forms.write(kind, item)


def _repeated(value: Any) -> Iterable[Any]:
    """Return the repetitions of a child; JSON turns the pairs of a sequence into lists."""
    if isinstance(value, list | tuple) and not (value and isinstance(value[0], list | tuple)):
        return [item for item in value if item is not None]
    return (value,)

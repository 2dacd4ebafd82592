"""The one XML door: every document from outside, envelope or qbXML, is read through here."""

from typing import Final

from attrs import field, frozen
from lxml import etree

MAX_BYTES: Final = 8 * 1024 * 1024
MAX_DEPTH: Final = 64
MAX_ELEMENTS: Final = 200_000
MAX_ATTRIBUTES: Final = 64
CHUNK: Final = 64 * 1024
MAX_TOKEN: Final = 1024 * 1024

_BOM: Final = b"\xef\xbb\xbf"
_SPACE: Final = b" \t\r\n"
_PARSER = etree.XMLParser(
    encoding="utf-8",
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    dtd_validation=False,
    huge_tree=False,
    remove_comments=True,
)
_TOO_DEEP = etree.XPath("boolean(" + "/*" * (MAX_DEPTH + 1) + ")")
_TOO_MANY_ATTRIBUTES = etree.XPath(f"boolean(//*[count(@*) > {MAX_ATTRIBUTES}])")
_COUNT = etree.XPath("count(//*)")
_INSTRUCTIONS = etree.XPath("//processing-instruction()")


class HostileXml(ValueError):  # noqa: N818 - says what the document is, not what we did
    """A document refused at the door; `reason` is one of a few fixed words, `detail` is for people.

    Reasons: empty, size, encoding, syntax, dtd, instruction, depth, elements, attributes, token.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"XML refused ({reason})" + (f": {detail}" if detail else ""))
        self.reason = reason
        self.detail = detail


@frozen(kw_only=True)
class Limits:
    """What one document, or one record of a streamed document, may cost.

    `max_bytes` bounds a whole document; a stream checks `max_markup` (opening brackets) per record.
    """

    max_bytes: int = field(default=MAX_BYTES)
    max_elements: int = field(default=MAX_ELEMENTS)

    @property
    def max_markup(self) -> int:
        """How many `<` the permitted number of elements can need: a start and an end tag each."""
        return 2 * self.max_elements + 16


DEFAULT_LIMITS: Final = Limits()


def parse(data: bytes, *, limits: Limits = DEFAULT_LIMITS) -> etree._Element:
    """Parse a whole document into its root element, or raise HostileXml; always read as UTF-8.

    The encoding declaration is ignored on purpose: a document cannot hide a DTD in another
    encoding, and the Web Connector declares UTF-8 (Programmer's Guide, chapter 8).
    """
    data = prologue(data)
    if len(data) > limits.max_bytes:
        raise HostileXml("size", f"{len(data)} bytes, at most {limits.max_bytes}")
    markup = data.count(b"<")
    if markup > limits.max_markup:
        raise HostileXml("elements", f"more than {limits.max_elements} elements")
    refuse_dtd(data)
    try:
        root = etree.fromstring(data, _PARSER)
    except etree.XMLSyntaxError as error:
        raise HostileXml("syntax", error.msg or "not well-formed") from None
    _check_shape(root, data, markup, limits)
    return root


def prologue(data: bytes) -> bytes:
    """Strip a UTF-8 mark and leading white space; refuse what is empty or visibly not UTF-8."""
    data = data.removeprefix(_BOM).lstrip(_SPACE)
    if not data:
        raise HostileXml("empty")
    if b"\0" in data[:4] or data.startswith((b"\xff", b"\xfe")):
        raise HostileXml("encoding", "only UTF-8 is read")
    if not data.startswith(b"<"):
        raise HostileXml("syntax", "the document does not begin with a tag")
    return data


def refuse_dtd(window: bytes) -> None:
    """Refuse a document type or an entity declaration anywhere in these bytes (read as UTF-8)."""
    if b"<!DOCTYPE" in window or b"<!ENTITY" in window:
        raise HostileXml("dtd", "a document type declaration is not allowed")


def refuse_instruction(target: str, *, inside: bool) -> None:
    """Refuse a processing instruction unless it is `qbxml` and stands before the root element."""
    if inside or target != "qbxml":
        raise HostileXml("instruction", f"<?{target[:40]}?> is not allowed here")


def _check_shape(root: etree._Element, data: bytes, markup: int, limits: Limits) -> None:
    """Looks through the tree only for what the number of its signs does not rule out already."""
    if root.getroottree().docinfo.internalDTD is not None:
        raise HostileXml("dtd", "a document type declaration is not allowed")
    if markup > MAX_DEPTH and _TOO_DEEP(root):
        raise HostileXml("depth", f"more than {MAX_DEPTH} levels")
    if data.count(b"=") > MAX_ATTRIBUTES and _TOO_MANY_ATTRIBUTES(root):
        raise HostileXml("attributes", f"more than {MAX_ATTRIBUTES} on one element")
    if markup > limits.max_elements and _COUNT(root) > limits.max_elements:
        raise HostileXml("elements", f"more than {limits.max_elements} elements")
    if data.count(b"<?") > data.startswith(b"<?xml "):
        before = set(root.itersiblings(preceding=True))
        for node in _INSTRUCTIONS(root):
            refuse_instruction(str(node.target), inside=node not in before)

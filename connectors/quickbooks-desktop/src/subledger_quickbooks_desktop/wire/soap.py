"""SOAP 1.1 as the Web Connector speaks it: calls in, compact results out.

Frame and methods: QuickBooks Web Connector Programmer's Guide, chapters 8 and 10, and its WSDL.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, Literal
from xml.parsers import expat

from attrs import field, frozen

from subledger_quickbooks_desktop.wire.methods import INTUIT, METHODS
from subledger_quickbooks_desktop.wire.xml import (
    CHUNK,
    MAX_ATTRIBUTES,
    MAX_TOKEN,
    HostileXml,
    parse,
    prologue,
)

SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
_MAX_ARGUMENT: Final = 1024 * 1024
_MAX_ENVELOPE_DEPTH: Final = 16
_MAX_ENVELOPE_ELEMENTS: Final = 256
_BODY, _METHOD, _ARGUMENT = 2, 3, 4


class SoapError(ValueError):
    """A well-formed document that is no call we know; answer it with a fault of the client."""


@frozen(kw_only=True)
class Call:
    """One call: every parameter of the method is present, "" where it was missing, empty or nil."""

    method: str
    arguments: Mapping[str, str] = field(repr=False)  # holds the password


def parse_call(body: bytes) -> Call:
    """Read a small request body; raises HostileXml or SoapError.

    Arguments that the method does not have are dropped.
    Bodies of Style RPC are read too: prefixed method, parameters without a namespace.
    """
    root = parse(body)
    if root.tag != f"{{{SOAP}}}Envelope":
        raise SoapError("not a SOAP 1.1 envelope")
    element = next(root.iterfind(f"{{{SOAP}}}Body/{{*}}*"), None)
    if element is None:
        raise SoapError("the SOAP body is empty")
    method = _method(str(element.tag))
    found: dict[str, str] = {}
    for argument in element.iterchildren("*"):
        if len(argument):
            raise SoapError("an argument holds elements instead of text")
        found[_local(str(argument.tag))] = argument.text or ""
    return _call(method, found)


class Envelope:
    """Reads a big request piece by piece and hands one argument on as it arrives.

    `feed` bytes as they come, then `close` for the call; its streamed argument is "" there, because
    its text (the inner document, UTF-8) went to `sink` in pieces of at most 64 KiB. The other
    arguments are bounded together; `method` and `arguments` can be read while the body is arriving,
    and the ticket comes before the response. Raises HostileXml and SoapError; after either the
    envelope is spent. Memory does not grow with the body.
    """

    def __init__(
        self,
        sink: Callable[[bytes], object],
        *,
        streamed: str = "response",
        max_arguments: int = _MAX_ARGUMENT,
    ) -> None:
        self.method: str | None = None
        self.arguments: dict[str, str] = {}
        self._sink = sink
        self._streamed = streamed
        self._room = max_arguments
        self._path: list[str] = []
        self._elements = 0
        self._fed = 0
        self._begun = False
        self._text: list[str] = []
        self._tail = b""
        parser = expat.ParserCreate("utf-8", "}")
        parser.buffer_text = True
        parser.buffer_size = CHUNK
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._doctype
        parser.ProcessingInstructionHandler = self._instruction
        self._parser = parser

    def feed(self, data: bytes) -> None:
        """Read the next bytes of the body."""
        if not self._begun:
            data = self._tail + data
            if len(data) < 4:  # noqa: PLR2004 - a byte order mark fits in four bytes
                self._tail = data
                return
            data, self._begun = prologue(data), True
        for start in range(0, len(data), CHUNK):
            piece = data[start : start + CHUNK]
            self._parse(piece)
            self._fed += len(piece)
            if self._fed - self._parser.CurrentByteIndex > MAX_TOKEN:
                raise HostileXml("token", "a tag or comment has no end")

    def close(self) -> Call:
        """Finish the document and return the call."""
        if not self._begun:
            self._parse(prologue(self._tail))
        self._parse(b"", final=True)
        if self.method is None:
            raise SoapError("the SOAP body is empty")
        return _call(self.method, self.arguments)

    def _parse(self, data: bytes, *, final: bool = False) -> None:
        try:
            self._parser.Parse(data, final)
        except expat.ExpatError as error:
            raise HostileXml("syntax", expat.errors.messages[error.code]) from None

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._elements += 1
        self._path.append(name)
        depth = len(self._path)
        if depth > _MAX_ENVELOPE_DEPTH:
            raise HostileXml("depth", f"more than {_MAX_ENVELOPE_DEPTH} levels")
        if self._elements > _MAX_ENVELOPE_ELEMENTS:
            raise HostileXml("elements", f"more than {_MAX_ENVELOPE_ELEMENTS} elements")
        if len(attributes) > MAX_ATTRIBUTES:
            raise HostileXml("attributes", f"more than {MAX_ATTRIBUTES} on one element")
        if depth == 1 and name != f"{SOAP}}}Envelope":
            raise SoapError("not a SOAP 1.1 envelope")
        if not self._in_body or depth == _BODY:
            return
        if depth == _METHOD and self.method is None:
            self.method = _method("{" + name)
        elif depth == _ARGUMENT:
            self._text.clear()
        elif depth > _ARGUMENT:
            raise SoapError("an argument holds elements instead of text")

    def _end(self, name: str) -> None:
        if self._in_body and len(self._path) == _ARGUMENT:
            local = _local(name)
            if local != self._streamed:
                self.arguments[local] = "".join(self._text)
            self._text.clear()
        self._path.pop()

    def _characters(self, text: str) -> None:
        if not self._in_body or len(self._path) != _ARGUMENT:
            return
        if _local(self._path[-1]) == self._streamed:
            self._sink(text.encode())
            return
        self._room -= len(text)
        if self._room < 0:
            raise HostileXml("size", "the arguments of the call are too long")
        self._text.append(text)

    @property
    def _in_body(self) -> bool:
        return len(self._path) >= _BODY and self._path[1] == f"{SOAP}}}Body"

    def _doctype(self, *_: object) -> None:
        raise HostileXml("dtd", "a document type declaration is not allowed")

    def _instruction(self, target: str, _data: str) -> None:
        raise HostileXml("instruction", f"<?{target[:40]}?> is not allowed here")


def _method(tag: str) -> str:
    namespace, _, name = tag.rpartition("}")
    if namespace != "{" + INTUIT or name not in METHODS:
        raise SoapError(f"unknown method {name[:60]!r} in namespace {namespace[1:100]!r}")
    return name


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _call(method: str, found: Mapping[str, str]) -> Call:
    names = METHODS[method].parameters
    return Call(
        method=method, arguments=MappingProxyType({name: found.get(name, "") for name in names})
    )


def render_result(method: str, result: str | int | Sequence[str]) -> bytes:
    """Render the answer to a call: no white space between elements, every item in our namespace.

    The Web Connector fails on items of another namespace and on indented arrays (Programmer's
    Guide, chapter 10 and appendix A, QBWC1012).
    """
    if isinstance(result, str):
        inner = _escape(result)
    elif isinstance(result, int):
        inner = str(int(result))
    else:
        inner = "".join(f"<string>{_escape(item)}</string>" for item in result)
    return _enclose(
        f'<{method}Response xmlns="{INTUIT}">'
        f"<{method}Result>{inner}</{method}Result></{method}Response>"
    )


def render_fault(message: str, *, code: Literal["Client", "Server"] = "Client") -> bytes:
    """Render a SOAP fault, for callers that are not the Web Connector; send it with status 500."""
    return _enclose(
        f"<soap:Fault><faultcode>soap:{code}</faultcode>"
        f"<faultstring>{_escape(message)}</faultstring></soap:Fault>"
    )


_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def _escape(text: str) -> str:
    text = _FORBIDDEN.sub("", text).replace("&", "&amp;").replace("<", "&lt;")
    return text.replace(">", "&gt;").replace("\r", "&#13;")


def _enclose(body: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        f'<soap:Envelope xmlns:soap="{SOAP}"><soap:Body>{body}</soap:Body></soap:Envelope>'
    ).encode()

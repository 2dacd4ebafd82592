"""The SOAP bytes of the Web Connector: calls as it writes them, replies as strictly as it reads."""

import re
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from lxml import etree

from .transport import Reply

NAMESPACE = "http://developer.intuit.com/"
_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>'
    f'<soap:Envelope xmlns:soap="{_ENVELOPE}"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>'
)
_TAIL = "</soap:Body></soap:Envelope>"
_ESCAPES = {"\r": "&#xD;"}
_PARSER = etree.XMLParser(
    resolve_entities=False,
    no_network=True,
    huge_tree=True,
    remove_comments=True,
    remove_pis=True,
)
_INT = re.compile(r"\s*[+-]?\d+\s*")
_INT_LIMIT = 2**31

PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "serverVersion": (),
    "clientVersion": ("strVersion",),
    "authenticate": ("strUserName", "strPassword"),
    "sendRequestXML": (
        "ticket",
        "strHCPResponse",
        "strCompanyFileName",
        "qbXMLCountry",
        "qbXMLMajorVers",
        "qbXMLMinorVers",
    ),
    "receiveResponseXML": ("ticket", "response", "hresult", "message"),
    "connectionError": ("ticket", "hresult", "message"),
    "getLastError": ("ticket",),
    "closeConnection": ("ticket",),
    "interactiveRejected": ("wcTicket", "reason"),
}


class BadReplyError(Exception):
    """The Web Connector cannot read this reply."""


def soap_action(method: str) -> str:
    """The SOAPAction of a method (the header holds it in double quotes)."""
    return NAMESPACE + method


def render_call(method: str, values: Sequence[str | int]) -> bytes:
    """Write a call as the Web Connector does: one line, empty values self-closed, text escaped.

    Source: WSDL of the Web Connector (document/literal wrapped) and captured request bodies.
    """
    parts = zip(PARAMETERS[method], map(str, values), strict=True)
    inner = "".join(
        f"<{name}>{escape(value, _ESCAPES)}</{name}>" if value else f"<{name} />"
        for name, value in parts
    )
    start = f'<{method} xmlns="{NAMESPACE}"'
    call = f"{start}>{inner}</{method}>" if inner else f"{start} />"
    return (_HEAD + call + _TAIL).encode()


def parse_string(method: str, reply: Reply) -> str:
    """The string that the server returned; nothing and nil are ""; raises `BadReplyError`."""
    result = _result(method, reply)
    return "" if result is None else _text(result)


def parse_int(method: str, reply: Reply) -> int:
    """The 32-bit integer that the server returned; raises `BadReplyError`."""
    result = _result(method, reply)
    text = "" if result is None else _text(result)
    if _INT.fullmatch(text) is None or not -_INT_LIMIT <= int(text) < _INT_LIMIT:
        raise BadReplyError(f"Input string was not in a correct format: {text!r} is not an int")
    return int(text)


def parse_strings(method: str, reply: Reply) -> list[str]:
    """The array of strings that the server returned; raises `BadReplyError`.

    Items outside the namespace of the service are not seen, as the real client does not see them.
    """
    result = _result(method, reply)
    if result is None or result.get(_NIL) in ("true", "1"):
        raise BadReplyError("Object reference not set to an instance of an object (no array)")
    items = list(result)
    strange = [str(item.tag) for item in items if item.tag != f"{{{NAMESPACE}}}string"]
    if strange:
        raise BadReplyError(f"Index was outside the bounds of the array: {strange} are not items")
    return [_text(item) for item in items]


def _result(method: str, reply: Reply) -> etree._Element | None:
    body = _body(reply)
    children = list(body)
    wrapper = f"{{{NAMESPACE}}}{method}Response"
    if len(children) != 1 or children[0].tag != wrapper:
        found = ", ".join(str(child.tag) for child in children) or "nothing"
        raise BadReplyError(f"the SOAP body holds {found} where {wrapper} belongs")
    results = list(children[0])
    if not results:
        return None
    expected = f"{{{NAMESPACE}}}{method}Result"
    if len(results) != 1 or results[0].tag != expected:
        found = ", ".join(str(result.tag) for result in results)
        raise BadReplyError(f"{wrapper} holds {found} where {expected} belongs")
    return results[0]


def _body(reply: Reply) -> etree._Element:
    content_type, _, parameters = reply.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().replace('"', "")
    if content_type.strip().lower() != "text/xml" or charset not in ("", "charset=utf-8"):
        raise BadReplyError(
            f"Client found response content type of '{reply.headers.get('content-type', '')}', "
            f"but expected 'text/xml' (status {reply.status})"
        )
    body = _parse(reply)
    fault = body.find(f"{{{_ENVELOPE}}}Fault")
    if fault is not None:
        text = fault.findtext("faultstring") or "no faultstring"
        raise BadReplyError(f"Server was unable to process request. ---> {text}")
    if reply.status != 200:  # noqa: PLR2004 - the one good status
        raise BadReplyError(f"The request failed with HTTP status {reply.status}")
    return body


def _parse(reply: Reply) -> etree._Element:
    try:
        root = etree.fromstring(reply.body, _PARSER)
    except etree.XMLSyntaxError as error:
        raise BadReplyError(f"Response is not well-formed XML: {error}") from error
    if root.getroottree().docinfo.doctype:
        raise BadReplyError("For security reasons DTD is prohibited in this XML document")
    bodies = root.findall(f"{{{_ENVELOPE}}}Body")
    if root.tag != f"{{{_ENVELOPE}}}Envelope" or len(bodies) != 1:
        raise BadReplyError(f"{root.tag!r} is not a SOAP 1.1 envelope with one body")
    return bodies[0]


def _text(element: etree._Element) -> str:
    children = [str(child.tag) for child in element]
    if children:
        raise BadReplyError(f"{element.tag!r} holds elements ({', '.join(children)}), not text")
    return element.text or ""

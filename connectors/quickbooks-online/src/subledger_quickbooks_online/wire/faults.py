"""Answers of the API, and the faults in them, in every shape that they come in."""

import html
import re
from collections.abc import Mapping
from typing import Any, Final

from attrs import field, frozen

from subledger_quickbooks_online.wire.jsontext import from_json

_CODE_IN_MESSAGE: Final = re.compile(r"errorCode=0*(\d+)")
_XML_ERROR: Final = re.compile(r"<Error\b([^>]*)>(.*?)</Error>", re.DOTALL)
_XML_TYPE: Final = re.compile(r'<Fault\b[^>]*\btype="([^"]*)"')
_LONGEST: Final = 1000


@frozen(kw_only=True)
class Fault:
    """One error as the API reports it; ``code`` is without leading zeros, empty where none is.

    The texts are in the company's language, so that only the code says what happened.
    """

    code: str
    message: str = ""
    detail: str = ""
    element: str = ""
    type: str = ""

    @property
    def text(self) -> str:
        """The API's own words, on one line."""
        return " ".join((self.detail or self.message).split())


@frozen(kw_only=True)
class Answer:
    """An answer: ``body`` is its JSON object, None for anything else.

    ``tid`` is the number that Intuit's support asks for. Faults are found also under status 200.
    """

    status: int
    body: Mapping[str, Any] | None = field(default=None, repr=False)
    faults: tuple[Fault, ...] = ()
    tid: str = ""

    @property
    def is_good(self) -> bool:
        """Whether it is a JSON object without a fault."""
        return self.status < 300 and self.body is not None and not self.faults  # noqa: PLR2004

    @property
    def codes(self) -> frozenset[str]:
        """The codes of all faults."""
        return frozenset(fault.code for fault in self.faults)


def parse(status: int, headers: Mapping[str, str], content: bytes) -> Answer:
    """The answer that a response is; headers by lower-case names."""
    tid = headers.get("intuit_tid", "")
    try:
        body = from_json(content)
    except ValueError:
        text = content[:65536].decode("utf-8", "replace")
        return Answer(status=status, faults=tuple(_of_xml(text)), tid=tid)
    if not isinstance(body, Mapping):
        return Answer(status=status, tid=tid)
    return Answer(status=status, body=body, faults=faults_of(body), tid=tid)


def faults_of(body: Mapping[str, Any]) -> tuple[Fault, ...]:
    """The faults of a JSON object; its keys in capital or small letters."""
    fault = _get(body, "fault")
    if not isinstance(fault, Mapping):
        return ()
    sort = str(_get(fault, "type") or "")
    errors = _get(fault, "error")
    found = [
        _fault(
            code=str(_get(error, "code") or ""),
            message=str(_get(error, "message") or ""),
            detail=str(_get(error, "detail") or ""),
            element=str(_get(error, "element") or ""),
            sort=sort,
        )
        for error in (errors if isinstance(errors, list) else ())
        if isinstance(error, Mapping)
    ]
    return tuple(found) or (Fault(code="", message="a fault without an error", type=sort),)


def _get(body: Mapping[str, Any], name: str) -> Any:
    return next((value for key, value in body.items() if key.casefold() == name), None)


def _fault(*, code: str, message: str, detail: str, element: str, sort: str) -> Fault:
    hidden = _CODE_IN_MESSAGE.search(message)
    known = code.lstrip("0") if code.isdecimal() else ""
    return Fault(
        code=known or (hidden[1] if hidden else code),
        message=message[:_LONGEST],
        detail=detail[:_LONGEST],
        element=element,
        type=sort,
    )


def _of_xml(text: str) -> list[Fault]:
    """The faults of an XML answer; a gateway sends XML whatever was asked for."""
    sort = _XML_TYPE.search(text)
    return [
        _fault(
            code=_attribute(attributes, "code"),
            message=_element(inner, "Message"),
            detail=_element(inner, "Detail"),
            element=_attribute(attributes, "element"),
            sort=sort[1] if sort else "",
        )
        for attributes, inner in _XML_ERROR.findall(text)
    ]


def _attribute(text: str, name: str) -> str:
    match = re.search(rf'\b{name}="([^"]*)"', text)
    return html.unescape(match[1]) if match else ""


def _element(text: str, name: str) -> str:
    match = re.search(rf"<{name}>(.*?)</{name}>", text, re.DOTALL)
    return html.unescape(match[1]).strip() if match else ""

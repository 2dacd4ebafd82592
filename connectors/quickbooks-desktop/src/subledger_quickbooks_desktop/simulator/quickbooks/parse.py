"""From the text of a message set to its requests, all checked before any is carried out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from attrs import frozen
from lxml import etree

from subledger_quickbooks_desktop.simulator.com import ComError

from .check import Fields, MalformedError, read
from .schema import messages, unsupported
from .text import CODE_PAGE, TextRules, UnstorableError

UNREADABLE = ComError(
    "0x80040400", "QuickBooks found an error when parsing the provided XML text stream."
)
UNKNOWN_VERSION = ComError(
    "0x80040404", "The version of qbXML that was requested is not supported or is unknown."
)
INCLUDE = "IncludeRetElement"
_VERSION = re.compile(r'version\s*=\s*["\']([^"\']*)["\']')
_ON_ERROR = frozenset({"stopOnError", "continueOnError"})
_RESPONSE_DATA = frozenset({"includeAll", "includeNone"})
_ATTRIBUTES = frozenset({"onError", "responseData", "newMessageSetID", "oldMessageSetID"})
_META_DATA = frozenset({"NoMetaData", "MetaDataOnly", "MetaDataAndResponseData"})
_ITERATOR = frozenset({"Start", "Continue", "Stop"})


@frozen(kw_only=True)
class Request:
    """One request: `name` without "Rq", its attributes and its values."""

    name: str
    request_id: str | None
    attributes: Mapping[str, str]
    fields: Fields
    include: frozenset[str]
    macro: str | None = None
    is_known: bool = True


@frozen(kw_only=True)
class MessageSet:
    """A message set that QuickBooks could read."""

    version: float
    stops_on_error: bool
    with_data: bool
    new_id: str | None
    old_id: str | None
    requests: tuple[Request, ...]
    checksum: str


@frozen(kw_only=True)
class Reader:
    """Reads message sets the way one installation does."""

    versions: tuple[str, ...]
    rules: TextRules
    refuses_raw_characters: bool = True
    is_us: bool = True
    judge: etree.XMLSchema | None = None

    def read(self, text: str) -> MessageSet:
        """The set, or ComError: 0x80040400 unreadable, 0x80040404 unknown version."""
        root = self._parse(text)
        version = self._version(root)
        if self.judge is not None and not self.judge.validate(root):
            raise UNREADABLE
        try:
            return self._message_set(root, version)
        except (MalformedError, UnstorableError) as error:
            raise UNREADABLE from error

    def _parse(self, text: str) -> etree._Element:
        if self.refuses_raw_characters and not text.isascii():
            try:
                text.encode(CODE_PAGE)
            except UnicodeEncodeError:
                raise UNREADABLE from None
        parser = etree.XMLParser(
            encoding="utf-8",
            resolve_entities=False,
            no_network=True,
            huge_tree=True,
            remove_comments=True,
        )
        try:
            root = etree.fromstring(text.encode("utf-8"), parser)
        except (etree.XMLSyntaxError, UnicodeEncodeError):
            raise UNREADABLE from None
        if root.getroottree().docinfo.doctype:
            raise UNREADABLE
        return root

    def _version(self, root: etree._Element) -> float:
        node = root.getprevious()
        while node is not None:
            if isinstance(node, etree._ProcessingInstruction) and node.target == "qbxml":  # noqa: SLF001 - lxml names no public type
                found = _VERSION.search(node.text or "")
                if found and found[1] in self.versions:
                    return float(found[1])
            node = node.getprevious()
        raise UNKNOWN_VERSION

    def _message_set(self, root: etree._Element, version: float) -> MessageSet:
        if root.tag != "QBXML" or len(root) != 1 or root[0].tag != "QBXMLMsgsRq":
            raise MalformedError("not a request of QuickBooks data")
        message_set = root[0]
        attributes = message_set.attrib
        if not _ATTRIBUTES.issuperset(str(name) for name in attributes):
            raise MalformedError("attribute of the message set is unknown")
        on_error = message_set.get("onError", "")
        data = message_set.get("responseData", "includeAll")
        if on_error not in _ON_ERROR or data not in _RESPONSE_DATA:
            raise MalformedError("attribute of the message set has a wrong value")
        new_id = message_set.get("newMessageSetID")
        return MessageSet(
            version=version,
            stops_on_error=on_error == "stopOnError",
            with_data=data == "includeAll",
            new_id=new_id,
            old_id=message_set.get("oldMessageSetID"),
            requests=tuple(self._request(node, version) for node in message_set),
            checksum=_checksum(message_set) if new_id is not None else "",
        )

    def _request(self, node: etree._Element, version: float) -> Request:
        name = str(node.tag).removesuffix("Rq")
        message = messages().get(name)
        if not str(node.tag).endswith("Rq"):
            raise MalformedError(f"{node.tag!r} is not a request")
        if message is None:
            if name not in unsupported():
                raise MalformedError(f"{node.tag!r} is unknown")
            return Request(
                name=name,
                request_id=node.get("requestID"),
                attributes={},
                fields={},
                include=frozenset(),
                is_known=False,
            )
        if message.since > version:
            raise MalformedError(f"{node.tag!r} came later than this version")
        fields = read(node, message.structure, rules=self.rules, version=version, is_us=self.is_us)
        attributes = {str(key): str(value) for key, value in node.attrib.items()}
        if (
            attributes.get("metaData", "NoMetaData") not in _META_DATA
            or attributes.get("iterator", "Start") not in _ITERATOR
        ):
            raise MalformedError(f"{node.tag!r}: attribute has a wrong value")
        return Request(
            name=name,
            request_id=attributes.get("requestID"),
            attributes=attributes,
            fields=fields,
            include=frozenset(fields.pop(INCLUDE, ())),
            macro=node[0].get("defMacro") if len(node) else None,
        )


def _checksum(message_set: etree._Element) -> str:
    digest = hashlib.sha256(message_set.get("onError", "").encode())
    for node in message_set:
        digest.update(etree.tostring(node, with_tail=False))
    return digest.hexdigest()

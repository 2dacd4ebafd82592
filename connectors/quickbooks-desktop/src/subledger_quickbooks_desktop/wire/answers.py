"""Reading qbXML answers leniently, whole or as they arrive."""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Final

from attrs import evolve
from lxml import etree

from subledger_quickbooks_desktop.wire.records import (
    Answer,
    Result,
    Row,
    head_of,
    record_of,
    result_of,
    set_head,
)
from subledger_quickbooks_desktop.wire.schema import answer_children
from subledger_quickbooks_desktop.wire.xml import (
    CHUNK,
    DEFAULT_LIMITS,
    MAX_ATTRIBUTES,
    MAX_DEPTH,
    MAX_TOKEN,
    HostileXml,
    Limits,
    parse,
    prologue,
    refuse_dtd,
    refuse_instruction,
)

MAX_STREAM: Final = 256 * 1024 * 1024
_WHOLE: Final = 256 * 1024
_SET, _RESULT, _RECORD = 2, 3, 4  # depth of QBXMLMsgsRs, of an answer, of a record
_OVERLAP: Final = len(b"<!DOCTYPE") - 1


def parse_answer(data: bytes) -> Answer:
    """Read a whole answer; raises HostileXml. For more than a few megabytes take AnswerStream."""
    if len(data) > _WHOLE:
        return _collect(data)
    root = parse(data)
    if root.tag != "QBXML":
        raise _not_qbxml()
    message_set = root.find("QBXMLMsgsRs")
    if message_set is None:
        return Answer()
    results = tuple(result_of(element) for element in message_set.iterchildren("*"))
    return evolve(set_head(message_set), results=results)


class AnswerStream:
    """Reads an answer piece by piece: `feed` returns the records just completed, `close` the rest.

    With a `sink` every record goes there at once instead, and both return nothing.
    Name the requests that were sent: records are then found without looking at every element. Other
    answers are still read, at the end. Memory holds one record and one piece, for any length.
    Raises HostileXml; afterwards the stream is spent.
    """

    def __init__(
        self,
        requests: Iterable[str] = (),
        *,
        sink: Callable[[Row], None] | None = None,
        limits: Limits = DEFAULT_LIMITS,
        max_bytes: int = MAX_STREAM,
    ) -> None:
        self._parser = etree.XMLPullParser(
            events=("start", "end", "pi"),
            tag=_tags(requests) or None,
            encoding="utf-8",
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            huge_tree=False,
            remove_comments=True,
        )
        self._limits = limits
        self._room = max_bytes
        self._begun = False
        self._tail = b""
        self._markup = 0
        self._unbroken = 0
        self._depth = 0
        self._seen_root = False
        self._answer = Answer()
        self._set: etree._Element | None = None
        self._element: etree._Element | None = None
        self._result: Result | None = None
        self._count = 0
        self._spent_record: etree._Element | None = None
        self._spent_result: etree._Element | None = None
        self._results: list[Result] = []
        self._rows: list[Row] = []
        self._emit = sink or self._keep

    def _keep(self, row: Row) -> None:
        self._rows.append(row)

    def feed(self, data: bytes) -> Sequence[Row]:
        """Read the next bytes and return the records that they completed, in order."""
        if not self._begun:
            data = self._tail + data
            if len(data) < 4:  # noqa: PLR2004 - a byte order mark fits in four bytes
                self._tail = data
                return ()
            data, self._tail, self._begun = prologue(data), b"", True
        self._room -= len(data)
        if self._room < 0:
            raise HostileXml("size", "the answer is too long")
        self._rows = []
        for start in range(0, len(data), CHUNK):
            self._step(data[start : start + CHUNK])
        return self._rows

    def close(self) -> tuple[Answer, Sequence[Row]]:
        """Finish; return the answer (results without records) and the last rows, if any."""
        self._rows = []
        if not self._begun:
            self._step(prologue(self._tail))
        try:
            root = self._parser.close()
        except etree.XMLSyntaxError as error:
            raise HostileXml("syntax", error.msg or "not well-formed") from None
        self._drain()
        if root.tag != "QBXML":
            raise _not_qbxml()
        return evolve(self._answer, results=tuple(self._results)), self._rows

    def _step(self, data: bytes) -> None:
        if not self._seen_root:  # later on a declaration is a syntax error
            window = self._tail + data
            refuse_dtd(window)
            self._tail = window[-_OVERLAP:]
        markup = data.count(b"<")
        self._markup += markup
        self._unbroken = 0 if markup else self._unbroken + len(data)
        if self._unbroken > MAX_TOKEN:
            raise HostileXml("token", "a text, tag or comment has no end")
        try:
            self._parser.feed(data)
        except etree.XMLSyntaxError as error:
            raise HostileXml("syntax", error.msg or "not well-formed") from None
        self._drain()
        if self._markup > self._limits.max_markup:
            raise HostileXml("elements", f"more than {self._limits.max_elements} in one record")

    def _drain(self) -> None:
        events: Iterable[tuple[str, Any]] = self._parser.read_events()
        for event, element in events:
            if event == "end":
                if self._depth == _RECORD:
                    self._end_record(element)
                elif self._depth == _RESULT and element is self._element:
                    self._end_result()
                elif self._depth == _SET and element is self._set:
                    self._end_set()
                self._depth -= 1
            elif event == "start":
                self._depth += 1
                if self._depth <= _RESULT:
                    self._start(element)
                elif self._depth > MAX_DEPTH:
                    raise HostileXml("depth", f"more than {MAX_DEPTH} levels")
            else:
                refuse_instruction(str(element.target), inside=self._seen_root)

    def _start(self, element: etree._Element) -> None:
        if len(element.attrib) > MAX_ATTRIBUTES:
            raise HostileXml("attributes", f"more than {MAX_ATTRIBUTES} on one element")
        if self._depth == 1:
            self._seen_root = True
            if element.tag != "QBXML":
                raise _not_qbxml()
            if element.getroottree().docinfo.internalDTD is not None:
                raise HostileXml("dtd", "a document type declaration is not allowed")
        elif self._depth == _SET and element.tag == "QBXMLMsgsRs":
            self._set = element
            self._answer = set_head(element)
        elif self._depth == _RESULT and self._set is not None and _is_result(element):
            self._element = element
            self._result = head_of(element)

    def _end_record(self, element: etree._Element) -> None:
        if self._result is None or not len(element) or element.tag == "ErrorRecovery":
            return
        self._emit(Row(self._result, record_of(element)))
        self._count += 1
        element.clear()
        _remove(self._spent_record)
        self._spent_record = element
        self._markup = 0

    def _end_result(self) -> None:
        element, head = self._element, self._result
        if element is None or head is None:
            return
        _remove(self._spent_record)
        rest = result_of(element)
        for record in rest.records:
            self._emit(Row(head, record))
        self._results.append(
            evolve(head, count=self._count + rest.count, recovery=rest.recovery, records=())
        )
        element.clear()
        _remove(self._spent_result)
        self._spent_result = element
        self._element = self._result = self._spent_record = None
        self._count = self._markup = 0

    def _end_set(self) -> None:
        if self._set is None:
            return
        _remove(self._spent_result)
        for child in self._set.iterchildren("*"):  # answers to requests that were not named
            result = result_of(child)
            head = evolve(result, records=(), recovery=None, count=0)
            for record in result.records:
                self._emit(Row(head, record))
            self._results.append(evolve(result, records=()))
        self._set = None


def _remove(element: etree._Element | None) -> None:
    """Take an element that is done out of the tree; only safe once a later one has ended."""
    if element is not None and (parent := element.getparent()) is not None:
        parent.remove(element)


def _is_result(element: etree._Element) -> bool:
    return str(element.tag).endswith("Rs")


def _not_qbxml() -> HostileXml:
    return HostileXml("syntax", "the root element is not QBXML")


def _tags(requests: Iterable[str]) -> Collection[str]:
    names: set[str] = set()
    for request in requests:
        answer = request.removesuffix("Rq").removesuffix("Rs") + "Rs"
        names.add(answer)
        names.update(answer_children(answer))
    return sorted(names | {"QBXML", "QBXMLMsgsRs"}) if names else ()


def _collect(data: bytes) -> Answer:
    stream = AnswerStream()
    rows = [*stream.feed(data)]
    answer, last = stream.close()
    rows.extend(last)
    results = []
    position = 0
    for result in answer.results:
        records = tuple(row.record for row in rows[position : position + result.count])
        position += result.count
        results.append(evolve(result, records=records))
    return evolve(answer, results=tuple(results))

"""Hostile documents, and a runner that measures each refusal in a process of its own.

The runner is started once and told of one attack a line. It has imported everything and read
nothing, and it makes each attack once for all readers: what a forked process then takes is the
reader's own. (A process that was started by a large one counts that one's memory as its own peak,
and would hide what it takes.)
"""

import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from functools import lru_cache

from subledger_quickbooks_desktop.wire.answers import AnswerStream
from subledger_quickbooks_desktop.wire.soap import Envelope, SoapError, parse_call
from subledger_quickbooks_desktop.wire.xml import HostileXml, parse

LAUGHS = "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "ha">' for n in range(10)
)
PADDING = "<!--" + "x" * 5000 + "-->"
SECONDS_AT_MOST = 60
DECLARATION = '<?xml version="1.0"?>'


def dtd(internal: str, content: str = "") -> str:
    """Return a document with a document type declaration."""
    return f"{DECLARATION}<!DOCTYPE QBXML {internal}><QBXML>{content}</QBXML>"


def utf8(text: str) -> bytes:
    """Encode as UTF-8."""
    return text.encode()


ATTACKS: dict[str, Callable[[], bytes]] = {
    "billion laughs": lambda: dtd(f"[{LAUGHS}]", "&l9;").encode(),
    "quadratic blow-up": lambda: dtd(f'[<!ENTITY a "{"a" * 100_000}">]', "&a;" * 10_000).encode(),
    "external entity": lambda: dtd('[<!ENTITY x SYSTEM "file:///etc/passwd">]', "&x;").encode(),
    "external dtd": lambda: dtd('SYSTEM "http://localhost:1/evil.dtd"').encode(),
    "dtd behind a long comment": lambda: utf8(
        DECLARATION + PADDING + dtd("[]").removeprefix(DECLARATION)
    ),
    "dtd far behind": lambda: utf8(
        DECLARATION + PADDING * 100 + dtd("[]").removeprefix(DECLARATION)
    ),
    "dtd in utf-16": lambda: dtd(f"[{LAUGHS}]", "&l9;").encode("utf-16"),
    "dtd in utf-16 without a mark": lambda: dtd("[]").encode("utf-16-le"),
    "dtd in utf-7": lambda: (
        b'<?xml version="1.0" encoding="utf-7"?>+ADwAIQ-DOCTYPE QBXML []><QBXML/>'
    ),
    "100,000 deep": lambda: b"<a>" * 100_000 + b"</a>" * 100_000,
    "200 deep": lambda: b"<QBXML>" * 200 + b"</QBXML>" * 200,
    "1,000,000 siblings": lambda: b"<QBXML><QBXMLMsgsRs>" + b"<a/>" * 1_000_000,
    "100,000 attributes": lambda: utf8(
        "<QBXML " + " ".join(f'a{n}="1"' for n in range(100_000)) + "/>"
    ),
    "60 MB text": lambda: b"<QBXML><a>" + b"x" * 60_000_000 + b"</a></QBXML>",
    "60 MB attribute": lambda: b'<QBXML a="' + b"x" * 60_000_000 + b'"/>',
    "60 MB comment": lambda: b"<QBXML><!--" + b"x" * 60_000_000 + b"--></QBXML>",
    "unclosed tag": lambda: b"<QBXML " + b"a" * 20_000_000,
    "NUL": lambda: b"<QBXML>\0</QBXML>",
    "duplicate attribute": lambda: b'<QBXML a="1" a="2"/>',
    "instruction inside": lambda: b"<QBXML><?php evil?></QBXML>",
    "instruction before": lambda: b'<?xml-stylesheet href="x"?><QBXML/>',
    "instruction after": lambda: b'<QBXML/><?qbxml version="13.0"?>',
    "qbxml instruction inside": lambda: b'<QBXML><?qbxml version="13.0"?></QBXML>',
    "undefined entity": lambda: b"<QBXML>&nbsp;</QBXML>",
    "bad utf-8": lambda: b"<QBXML>\xff\xfe</QBXML>",
    "nothing": lambda: b"",
    "white space": lambda: b" \r\n\t ",
    "no tag": lambda: b"hello",
    "unclosed": lambda: b"<QBXML>",
}


def through_door(data: bytes) -> object:
    """Read with the door."""
    return parse(data)


def through_stream(data: bytes) -> object:
    """Read with the answer stream, in pieces."""
    stream = AnswerStream()
    for start in range(0, len(data), 65536):
        stream.feed(data[start : start + 65536])
    return stream.close()


def through_named_stream(data: bytes) -> object:
    """Read with the answer stream that was told what to expect."""
    stream = AnswerStream(["InvoiceQueryRq"])
    for start in range(0, len(data), 65536):
        stream.feed(data[start : start + 65536])
    return stream.close()


def through_envelope(data: bytes) -> object:
    """Read with the streaming envelope."""
    envelope = Envelope(lambda _: None)
    for start in range(0, len(data), 65536):
        envelope.feed(data[start : start + 65536])
    return envelope.close()


def through_inner(data: bytes) -> object:
    """Read as the answer inside a good envelope, streamed from one into the other."""
    stream = AnswerStream()
    envelope = Envelope(stream.feed)
    for start in range(0, len(data), 65536):
        envelope.feed(data[start : start + 65536])
    envelope.close()
    return stream.close()


def enveloped(data: bytes) -> bytes:
    """A document as the answer inside a good envelope."""
    escaped = data.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
    return (
        b'<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body>'
        b'<receiveResponseXML xmlns="http://developer.intuit.com/"><response>'
        + escaped
        + b"</response></receiveResponseXML></Body></Envelope>"
    )


READERS: dict[str, Callable[[bytes], object]] = {
    "door": through_door,
    "call": parse_call,
    "stream": through_stream,
    "named stream": through_named_stream,
    "envelope": through_envelope,
    "inner": through_inner,
}


@lru_cache(maxsize=1)
def prepared(attack: str, *, wrapped: bool) -> bytes:
    """What a reader gets to read, kept for the readers that come next."""
    return enveloped(ATTACKS[attack]()) if wrapped else ATTACKS[attack]()


def through_greed(data: bytes) -> object:
    """Refuse nothing and keep two copies: what a measurement has to see."""
    return data * 2


def measured(reader: str, data: bytes) -> dict[str, object]:
    """Read one attack by one reader: why it was refused, the seconds and the memory it took."""
    read = READERS.get(reader, through_greed)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    reason = ""
    try:
        read(data)
    except HostileXml as error:
        reason = error.reason
    except SoapError:
        reason = "soap"
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"reason": reason, "seconds": seconds, "mb": (peak - before) / 1024}


def main() -> None:
    """Fork for each line of a reader and an attack; the child prints what it measured."""
    for line in sys.stdin:
        reader, attack = json.loads(line)
        data = prepared(attack, wrapped=reader == "inner")
        child = os.fork()
        if not child:
            signal.alarm(SECONDS_AT_MOST)
            print(json.dumps(measured(reader, data)), flush=True)
            os._exit(0)
        del data
        _, status = os.waitpid(child, 0)
        if status:
            print(json.dumps({"reason": "", "status": status}), flush=True)


if __name__ == "__main__":
    main()

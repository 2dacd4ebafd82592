"""Hostile input over real sockets against a real server: refused fast, small, without a word."""

import asyncio
import gzip
import html
from collections.abc import AsyncIterator

import aiohttp
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from subledger_quickbooks_desktop.simulator.web_connector.soap import render_call

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
INTUIT = "http://developer.intuit.com/"
LEAKS = (b"Traceback", b"site-packages", b"/src/", b"sqlalchemy", b"aiohttp", b"canary")
MEGABYTE = 1024 * 1024
LAUGHS = "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "ha">' for n in range(10)
)


def dtd(internal: str, content: str = "") -> bytes:
    """A document with a document type declaration."""
    return f'<?xml version="1.0"?><!DOCTYPE a {internal}><a>{content}</a>'.encode()


ATTACKS = {
    "billion laughs": dtd(f"[{LAUGHS}]", "&l9;"),
    "quadratic blow-up": dtd(f'[<!ENTITY a "{"a" * 50_000}">]', "&a;" * 5_000),
    "external entity": dtd('[<!ENTITY x SYSTEM "file:///etc/passwd">]', "&x;"),
    "external dtd": dtd('SYSTEM "http://127.0.0.1:1/evil.dtd"'),
    "dtd behind a comment": b"<!--" + b"x" * 5000 + b"-->" + dtd("[]")[21:],
    "dtd in utf-16": dtd(f"[{LAUGHS}]", "&l9;").decode().encode("utf-16"),
    "utf-7": b'<?xml version="1.0" encoding="utf-7"?>+ADwAIQ-DOCTYPE a []><a/>',
    "deep": b"<a>" * 100_000,
    "siblings": b"<a>" + b"<b/>" * 1_000_000,
    "attributes": b"<a " + b" ".join(b'a%d="1"' % n for n in range(100_000)) + b"/>",
    "long text": b"<a>" + b"x" * (20 * MEGABYTE),
    "long tag": b"<a " + b"x" * (5 * MEGABYTE),
    "nul": b"<a>\0</a>",
    "double attribute": b'<a b="1" b="2"/>',
    "inclusion": (
        b'<a xmlns:x="http://www.w3.org/2001/XInclude"><x:include href="/etc/passwd"/></a>'
    ),
    "instruction": b"<a><?php evil?></a>",
    "empty": b"",
}


def unharmed(status: int, body: bytes) -> None:
    """No 5xx, and nothing of the inside in the answer."""
    assert status < 500, (status, body[:300])
    for leak in LEAKS:
        assert leak not in body, body[:500]


@pytest.mark.parametrize("name", ATTACKS)
@pytest.mark.parametrize("place", ["envelope", "answer", "company"])
async def test_a_hostile_document_is_refused_fast_and_small(server, name: str, place: str) -> None:
    """As the request, or as the qbXML inside it with a live ticket: 5 s of work, 64 MB."""
    document = ATTACKS[name]
    if place != "envelope":
        ticket = server.call("authenticate", "c4", server.password(4), path="/qbwc/c4")
        ticket = ticket.split("|")[0]
        method = "receiveResponseXML" if place == "answer" else "sendRequestXML"
        parameter = "response" if place == "answer" else "strHCPResponse"
        inner = html.escape(document.decode("utf-8", "replace")).replace("\0", "&#0;")
        document = (
            f'<s:Envelope xmlns:s="{SOAP}"><s:Body><{method} xmlns="{INTUIT}">'
            f"<ticket>{ticket}</ticket><{parameter}>{inner}</{parameter}></{method}>"
            "</s:Body></s:Envelope>"
        ).encode()
    before, began = server.rss_mb(), server.cpu_seconds()
    status, body = await asyncio.to_thread(_post, server, document)
    assert server.cpu_seconds() - began < 5
    assert server.rss_mb() - before < 64
    unharmed(status, body)
    assert b"root:" not in body
    if place == "envelope":
        assert status in (0, 400, 413), status
    else:
        server.call("closeConnection", ticket, path="/qbwc/c4")


def _post(server, document: bytes) -> tuple[int, bytes]:
    """Status 0 where the server hangs up in the middle of a body that it has refused."""
    try:
        return server.post(document, "/qbwc/c4")
    except OSError:
        return 0, b""


SPACES = st.sampled_from([INTUIT, "http://developer.intuit.com", "urn:x", ""])
NAMES = st.sampled_from(
    ["authenticate", "sendRequestXML", "receiveResponseXML", "getLastError", "closeConnection",
     "clientVersion", "authenticate2", "Envelope", "serverVersion", "connectionError"]
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=30).map(lambda text: html.escape("".join(c for c in text if c.isprintable()))),
    st.sampled_from(
        ["", "<![CDATA[<x>]]>", "9" * 4000, "-1", "&#0;", "&nbsp;", "<a/>", "x-1", "a-999999999999",
         "1e309", "<!-- c -->", "%00", "&#xD;&#xA;", "' OR 1=1 --", "x-99999999999999999999"]
    ),
)  # fmt: skip
PARAMETERS = st.sampled_from(
    ["ticket", "response", "hresult", "message", "strUserName", "strPassword", "qbXMLMajorVers",
     "qbXMLMinorVers", "strHCPResponse", "wcTicket", "surplus"]
)  # fmt: skip
NEWER = '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope">'
OPEN = f'<s:Envelope xmlns:s="{SOAP}">'
FRAMES = st.sampled_from(
    [
        f"{OPEN}<s:Body>{{}}</s:Body></s:Envelope>",
        f"{OPEN}<s:Header><a/></s:Header><s:Body>{{}}</s:Body></s:Envelope>",
        f"{OPEN}{{}}</s:Envelope>",
        f"{OPEN}<s:Body>{{}}{{}}</s:Body></s:Envelope>",
        f"{OPEN}<s:Body>{{}}</s:Body><s:Body/></s:Envelope>",
        f"{NEWER}<s:Body>{{}}</s:Body></s:Envelope>",
        "{}",
    ]
)
CODINGS = st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-32", "latin-1", "cp037"])


@st.composite
def envelopes(draw: st.DrawFn) -> bytes:
    """Almost a call."""
    name, space = draw(NAMES), draw(SPACES)
    values = draw(st.lists(st.tuples(PARAMETERS, TEXTS), max_size=8))
    rpc = draw(st.booleans())
    typed = ' xsi:type="xsd:string"' if draw(st.booleans()) else ""
    bare = f' xmlns=""{typed}' if rpc else ""
    inner = "".join(f"<{key}{bare}>{text}</{key}>" for key, text in values)
    xsi = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    start = f'q1:{name} xmlns:q1="{space or "urn:q"}"{xsi}' if rpc else f'{name} xmlns="{space}"'
    end = f"q1:{name}" if rpc else name
    call = f"<{start}>{inner}</{end}>"
    text = draw(FRAMES).replace("{}", call)
    if draw(st.booleans()):
        text = '<?xml version="1.0" encoding="utf-8"?>' + text
    data = text.encode(draw(CODINGS), "replace")
    return data[: draw(st.integers(0, len(data)))] if draw(st.integers(0, 9)) == 0 else data


@settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(body=envelopes())
def test_whatever_is_sent_the_answer_is_a_result_or_a_fault_of_the_caller(
    server, body: bytes
) -> None:
    """Wrong namespaces, order, missing and double parts, odd encodings: 200 or 400, no detail."""
    status, answer = server.post(body, "/qbwc/c5")
    assert status in (200, 400)
    unharmed(status, answer)
    assert answer.startswith(b"<?xml")


async def test_tickets_of_one_company_are_worth_nothing_at_another(server) -> None:
    """A live ticket of company 6 gives company 7 nothing, and neither session is disturbed."""
    six = server.call("authenticate", "c6", server.password(6), path="/qbwc/c6").split("|")[0]
    seven = server.call("authenticate", "c7", server.password(7), path="/qbwc/c7").split("|")[0]
    for ticket in (six, f"{six.rpartition('-')[0]}-{seven.rpartition('-')[2]}", f"x{seven}"):
        assert server.call("sendRequestXML", ticket, "", "", "US", 13, 0, path="/qbwc/c7") == ""
        assert server.call("receiveResponseXML", ticket, "<a/>", "", "", path="/qbwc/c7") == "-1"
        assert server.call("closeConnection", ticket, path="/qbwc/c7") == "OK"
    assert server.call("authenticate", "c6", server.password(7), path="/qbwc/c6") == "|nvu"
    assert server.call("authenticate", "c7", server.password(7), path="/qbwc/c7").endswith("|busy")
    for ticket, path in ((six, "/qbwc/c6"), (seven, "/qbwc/c7")):
        assert server.call("closeConnection", ticket, path=path) == "OK"


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("PUT", "/qbwc/c0", 405), ("DELETE", "/qbwc/c0", 405), ("OPTIONS", "/qbwc/c0", 405),
        ("TRACE", "/qbwc/c0", 405), ("POST", "/qbwc/nobody", 404), ("POST", "/qbwc", 404),
        ("POST", "/other/c0", 404), ("POST", "/qbwc/c0/more", 404), ("GET", "/qbwc/..%2f..", 404),
        ("POST", "/qbwc/%00", 404), ("POST", "/support", 405), ("GET", "/support", 200),
        ("GET", "/qbwc/c0", 200), ("POST", "/qbwc/c0%20", 404), ("GET", "/.env", 404),
    ],
)  # fmt: skip
async def test_other_methods_and_paths_are_refused(server, method, path, expected) -> None:
    """Only what is served is served."""
    head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close"
    answer = await server.raw(f"{head}\r\n\r\n".encode())
    assert int(answer.split()[1]) == expected, answer[:200]
    unharmed(expected, answer)


async def test_a_body_that_says_it_is_huge_is_refused_at_once(server) -> None:
    """Content-Length of a gigabyte: 413 before the body."""
    before = server.rss_mb()
    answer = await server.raw(
        b"POST /qbwc/c8 HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n<a>", wait=120
    )
    assert answer.split()[1] == b"413"
    assert server.rss_mb() - before < 16


async def _pour(server, head: bytes, piece: bytes, total: int) -> tuple[int, float]:
    """Send a chunked body until the server has enough; bytes taken and the status."""
    reader, writer = await asyncio.open_connection(*server.address)
    writer.write(
        b"POST /qbwc/c8 HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml; charset=utf-8\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n" + b"%x\r\n" % len(head) + head + b"\r\n"
    )
    sent = 0
    answer = b""
    try:
        async with asyncio.timeout(120):
            while sent < total and not reader._buffer:
                writer.write(b"%x\r\n" % len(piece) + piece + b"\r\n")
                await writer.drain()
                await asyncio.sleep(0)
                sent += len(piece)
            answer = await reader.read(1000)
    except ConnectionError:
        pass
    finally:
        writer.close()
    return int(answer.split()[1]) if answer else 0, sent / MEGABYTE


@pytest.mark.parametrize("sort", ["text", "comments", "argument", "spaces", "unknown ticket"])
async def test_a_body_without_an_end_is_cut_off(server, sort: str) -> None:
    """A gigabyte in chunks, of any sort: cut off early, in little memory."""
    start = f'<s:Envelope xmlns:s="{SOAP}"><s:Body>'.encode()
    answer = start + f'<receiveResponseXML xmlns="{INTUIT}">'.encode()
    head, piece = {
        "text": (b"hello", b"x" * 65536),
        "comments": (start, b"<!--" + b"x" * 65000 + b"-->"),
        "argument": (answer + b"<ticket>", b"x" * 65536),
        "spaces": (b" " * 100, b" " * 65536),
        "unknown ticket": (answer + b"<ticket>no-1</ticket><response>&lt;QBXML>", b" " * 65536),
    }[sort]
    before = server.rss_mb()
    status, megabytes = await _pour(server, head, piece, 1000 * MEGABYTE)
    assert megabytes < 500
    assert status in (0, 200, 400, 413)
    assert server.rss_mb() - before < 48


@pytest.mark.parametrize("size", [1_000_000, 50_000])
async def test_a_compressed_bomb_is_refused(server, size: int) -> None:
    """Compressed a thousandfold: refused as too large, never unpacked as a whole."""
    start = f'<s:Envelope xmlns:s="{SOAP}"><s:Body><authenticate xmlns="{INTUIT}"><strUserName>'
    bomb = gzip.compress(start.encode() + b"x" * (size * 300), 9)
    before, began = server.rss_mb(), server.cpu_seconds()
    answer = await server.raw(
        b"POST /qbwc/c8 HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nConnection: close\r\n"
        b"Content-Type: text/xml\r\nContent-Length: %d\r\n\r\n" % len(bomb) + bomb,
        wait=120,
    )
    assert answer.split()[1] in (b"400", b"413"), answer[:200]
    unharmed(int(answer.split()[1]), answer)
    assert server.cpu_seconds() - began < 10
    assert server.rss_mb() - before < 64


GUESSES = 10_000


async def _guess(server, session: aiohttp.ClientSession, numbers: AsyncIterator[int]) -> None:
    async for number in numbers:
        body = render_call("authenticate", ("guessed", f"guess-canary-{number}"))
        async with session.post(f"{server.url}/qbwc/guessed", data=body) as response:
            assert response.status == 200
            assert b"<string>nvu</string>" in await response.read()


async def test_ten_thousand_guesses_reach_the_hash_ten_times(server) -> None:
    """At most ten guesses of an address are judged, also at once; another address is not locked."""

    async def count() -> AsyncIterator[int]:
        for _ in range(GUESSES):
            numbers.append(len(numbers))
            yield len(numbers)

    numbers: list[int] = []
    before, began = server.rss_mb(), server.cpu_seconds()
    shared = count()
    lock = asyncio.Lock()

    async def mine() -> AsyncIterator[int]:
        while True:
            async with lock:
                try:
                    number = await anext(shared)
                except StopAsyncIteration:
                    return
            yield number

    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(_guess(server, session, mine()) for _ in range(24)))
        body = render_call("authenticate", ("guessed", server.guessed))
        async with session.post(f"{server.url}/qbwc/guessed", data=body) as response:
            assert b"nvu" in await response.read(), "the guessing address is locked out"
    assert server.cpu_seconds() - began < 60
    assert server.rss_mb() - before < 32
    log = (server.folder / "log").read_text()
    refused = [line for line in log.splitlines() if '"login_refused"' in line]
    assert len([line for line in refused if '"guessed"' in line]) == 10
    assert "guess-canary" not in log
    elsewhere = aiohttp.TCPConnector(local_addr=("127.0.0.2", 0))
    async with (
        aiohttp.ClientSession(connector=elsewhere) as session,
        session.post(f"{server.url}/qbwc/guessed", data=body) as response,
    ):
        assert b"nvu" not in await response.read()

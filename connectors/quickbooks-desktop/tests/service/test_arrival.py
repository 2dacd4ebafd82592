"""How requests arrive over real sockets: slowly, cut off, and very long."""

import asyncio
import html
import re
import tracemalloc
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientSession, web

from subledger_quickbooks_desktop import service as service_module

MEGABYTE = 1024 * 1024
ENVELOPE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    '<receiveResponseXML xmlns="http://developer.intuit.com/"><ticket>{}</ticket><response>{}'
)
END = "</response><hresult/><message/></receiveResponseXML></s:Body></s:Envelope>"


@asynccontextmanager
async def serving(bench):
    """The service on a socket; yields host and port."""

    async def handle(request: web.Request) -> web.StreamResponse:
        return await bench.service.handle(request)

    app = web.Application()
    app.router.add_route("*", "/qbwc/books", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield runner.addresses[0][:2]
    finally:
        await runner.cleanup()


def head(length: int) -> bytes:
    """The head of a POST."""
    return (
        f"POST /qbwc/books HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\n"
        f"Content-Length: {length}\r\n\r\n"
    ).encode()


@pytest.mark.parametrize("length", [100, 200_000])
async def test_a_body_that_stops_is_given_up(bench, monkeypatch, length: int) -> None:
    """A body that pauses too long is answered with 408."""
    monkeypatch.setattr(service_module, "PATIENCE", 0.2)
    async with serving(bench) as address:
        reader, writer = await asyncio.open_connection(*address)
        writer.write(head(length) + b"<a>")
        async with asyncio.timeout(60):
            assert (await reader.readline()).split()[1] == b"408"
        writer.close()


async def test_a_body_that_drips_is_given_up(bench, monkeypatch) -> None:
    """A byte now and then keeps nobody busy: the whole body has its time."""
    monkeypatch.setattr(service_module, "PATIENCE", 0.5)
    monkeypatch.setattr(service_module, "LONGEST", 1.0)
    await bench.plan_checks(1)
    ticket, _request, _session = await bench.until("VendorQueryRq")
    async with serving(bench) as address:
        reader, writer = await asyncio.open_connection(*address)
        writer.write(head(200_000) + ENVELOPE.format(ticket, "&lt;QBXML>").encode())
        for _ in range(600):
            writer.write(b" ")
            await asyncio.sleep(0.1)
            if reader._buffer:
                break
        status = (await reader.readline()).split()[1]
        writer.close()
    assert status == b"408"


async def test_a_long_body_with_an_unknown_ticket_is_answered_before_it_has_arrived(bench) -> None:
    """Nobody's long answer is not even read."""
    async with serving(bench) as address:
        reader, writer = await asyncio.open_connection(*address)
        writer.write(head(100_000_000) + ENVELOPE.format("nobody-1", "&lt;QBXML>").encode())
        async with asyncio.timeout(60):
            assert (await reader.readline()).split()[1] == b"200"
        writer.close()


def vendors(count: int, identifier: str, *, length: int = 700) -> str:
    """A long list of vendors of so many characters each, as QuickBooks returns it."""
    one = (
        "<VendorRet><ListID>8000{0:06X}-1</ListID><TimeCreated>2026-03-02T12:00:00-08:00"
        "</TimeCreated><TimeModified>2026-03-02T12:00:00-08:00</TimeModified><EditSequence>1"
        "</EditSequence><Name>Vendor {0}</Name><IsActive>true</IsActive><CompanyName>{1}"
        "</CompanyName></VendorRet>"
    )
    rows = "".join(one.format(number, "x" * length) for number in range(count))
    return (
        '<?xml version="1.0" ?><QBXML><QBXMLMsgsRs><VendorQueryRs requestID="'
        f'{identifier}" statusCode="0" statusSeverity="Info" statusMessage="Status OK">'
        f"{rows}</VendorQueryRs></QBXMLMsgsRs></QBXML>"
    )


async def count(bench) -> int:
    """How many vendors are known."""
    return await bench.store.tx(
        lambda c: c.exec_driver_sql("SELECT COUNT(*) FROM entry WHERE kind = 'vendor'").scalar_one()
    )


async def test_an_answer_of_twenty_megabytes_is_stored_whole_in_little_memory(bench) -> None:
    """A list of 5,000 long vendors comes as one answer: all are known, memory stays flat."""
    await bench.plan_checks(1)
    ticket, request, _session = await bench.until("VendorQueryRq")
    identifier = re.search(r'requestID="([^"]+)"', request)[1]
    body = (
        ENVELOPE.format(ticket, html.escape(vendors(5_000, identifier, length=3_900))) + END
    ).encode()
    assert len(body) > 20 * MEGABYTE
    bench.service.context.wire_log = None
    async with serving(bench) as (host, port), ClientSession() as session:

        async def pieces():
            for start in range(0, len(body), 65536):
                yield body[start : start + 65536]

        tracemalloc.start()
        try:
            async with session.post(f"http://{host}:{port}/qbwc/books", data=pieces()) as reply:
                assert reply.status == 200
                answer = await reply.text()
            _now, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert 1 <= int(re.search(r"Result>(-?\d+)<", answer)[1]) <= 99
    assert await count(bench) == 5_000
    assert peak < 4 * MEGABYTE  # a kilobyte that was kept of each vendor would be seen


@pytest.mark.parametrize("ending", ["hang up", "end"])
async def test_an_answer_that_is_cut_in_the_middle_leaves_a_usable_session(
    bench, name, ending: str
) -> None:
    """The connection breaks, or the document does: the list is asked for again and comes whole."""
    await bench.plan_checks(1)
    ticket, request, session = await bench.until("VendorQueryRq")
    identifier = re.search(r'requestID="([^"]+)"', request)[1]
    whole = (ENVELOPE.format(ticket, html.escape(vendors(2000, identifier))) + END).encode()
    half = whole[: len(whole) // 2]
    async with serving(bench) as address:
        reader, writer = await asyncio.open_connection(*address)
        writer.write(head(len(whole) if ending == "hang up" else len(half)) + half)
        await writer.drain()
        if ending == "end":
            assert (await reader.readline()).split()[1] == b"400"
        writer.close()
        await asyncio.sleep(0.5)
    assert name(await bench.ask(ticket)) == "VendorQueryRq"
    request = await bench.ask(ticket)
    await bench.give(ticket, session.process(request))
    assert name(await bench.ask(ticket)) == "ItemQueryRq"
    await bench.call("closeConnection", ticket)
    assert not (await bench.run()).failed
    assert await bench.states() == ["settled"]

"""Many companies work while one is attacked; and no secret is found in anything that is kept."""

import asyncio
import datetime as dt
import json
import sqlite3

import pytest
from lxml import etree

from subledger_quickbooks_desktop.config import OWNER_ID
from subledger_quickbooks_desktop.simulator.quickbooks import CompanyFile, create_sample_company
from subledger_quickbooks_desktop.simulator.web_connector import (
    Behaviour,
    HttpTransport,
    WebConnector,
)
from subledger_quickbooks_desktop.simulator.web_connector.company import (
    define_request,
    mod_request,
)
from subledger_quickbooks_desktop.simulator.web_connector.soap import render_call

FIRST, LAST = 10, 64
NOW = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
BOMB = b"<a>" + b"<b/>" * 100_000


def company_file(number: int) -> CompanyFile:
    """A company file that knows its FileID."""
    books = CompanyFile(":memory:", lambda: NOW)
    create_sample_company(books, year_start=dt.date(2026, 1, 1), closing_date=None)
    session = books.begin_session(company_file="", app_name="mark")
    session.process(define_request("13.0", OWNER_ID))
    file_id = f"{{11111111-2222-3333-4444-{number:012d}}}"
    session.process(mod_request("13.0", OWNER_ID, "FileID", file_id))
    session.end()
    return books


async def session_of(server, number: int) -> int:
    """A whole session of one company, in which no call waits long; how many were posted."""
    books = company_file(number)
    connector = WebConnector(
        HttpTransport(f"{server.url}/qbwc/c{number}"),
        books,
        username=f"c{number}",
        password=server.password(number),
        app_name="subledger",
        owner_id=OWNER_ID,
        clock=lambda: NOW,
        behaviour=Behaviour(call_timeout=60),
    )
    result = await connector.run_once()
    assert not result.failed, result
    posted = [row for row in books.documents() if row["memo"].startswith("sl:")]
    assert len({row["memo"] for row in posted}) == len(posted)
    books.close()
    return len(posted)


async def attack(server, stop: asyncio.Event) -> int:
    """Guess, forge, flood and trickle at one company until told to stop; how many tries."""
    tries = 0
    slow = [await asyncio.open_connection(*server.address) for _ in range(50)]
    bodies = [
        render_call("authenticate", ("c9", "canary-guess")),
        render_call("sendRequestXML", ("x-1", "", "", "US", 13, 0)),
        BOMB,
        b"<" * 1000,
    ]
    try:
        while not stop.is_set():
            for _reader, writer in slow:
                writer.write(b"P")
            for body in bodies:
                head = (
                    "POST /qbwc/c9 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                    f"Content-Length: {len(body)}\r\n\r\n"
                )
                await server.raw(head.encode() + body, wait=5)
                tries += 1
            await asyncio.sleep(0.01)
    finally:
        for _reader, writer in slow:
            writer.close()
    return tries


async def test_sixty_four_sessions_work_while_another_company_is_attacked(server) -> None:
    """All at once, under attack: every session ends well, each write once, no call waits long."""
    stop = asyncio.Event()
    attacker = asyncio.create_task(attack(server, stop))
    before = server.rss_mb()
    try:
        posted = await asyncio.gather(*(session_of(server, n) for n in range(FIRST, LAST)))
    finally:
        stop.set()
        tries = await attacker
    assert posted == [3] * (LAST - FIRST)
    assert tries > 10
    assert server.rss_mb() - before < 64


def secrets_of(server) -> list[str]:
    """Everything that must not be found anywhere."""
    return ["canary", server.made, server.guessed]


async def test_no_secret_is_in_the_log_the_database_or_the_wire_log(server) -> None:
    """Every password is a canary and logging is at DEBUG: none of them was written down."""
    ticket = server.call("authenticate", "c8", server.password(8), path="/qbwc/c8").split("|")[0]
    server.call("sendRequestXML", ticket, "<QBXML/>", "", "US", 13, 0, path="/qbwc/c8")
    server.post(render_call("authenticate", ("c8", server.password(8)))[:-20], "/qbwc/c8")
    server.post(
        b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        b'<authenticate xmlns="http://developer.intuit.com/"><strPassword><canary-in-xml/>'
        b"</strPassword></authenticate></s:Body></s:Envelope>",
        "/qbwc/c8",
    )
    secrets = [*secrets_of(server), ticket, ticket.rpartition("-")[0]]
    kept = [path for path in server.folder.rglob("*") if path.is_file()]
    assert any(path.name == "subledger.db" for path in kept)
    assert len((server.folder / "log").read_bytes()) > 1000
    for path in kept:
        content = path.read_bytes()
        for secret in secrets:
            assert secret.encode() not in content, (secret, path.name)
    with sqlite3.connect(server.folder / "subledger.db") as database:
        dump = "\n".join(database.iterdump())
    for secret in secrets:
        assert secret not in dump


async def test_the_search_for_secrets_would_find_one(server, tmp_path) -> None:
    """The negative control: what the requests carried is what is looked for."""
    sent = render_call("authenticate", ("c8", server.password(8)))
    assert any(secret.encode() in sent for secret in secrets_of(server))


async def test_no_traceback_is_in_the_log(server) -> None:
    """Nothing that came from outside made the server stumble."""
    assert server.call("serverVersion", path="/qbwc/c8")
    lines = [json.loads(line) for line in (server.folder / "log").read_text().splitlines()]
    assert len(lines) > 10
    for line in lines:
        assert line["event"] not in ("soap_failed", "request_failed", "tick_failed")
        bad_http = line.get("logger") == "aiohttp.server" and line["level"] == "debug"
        assert "exception" not in line or bad_http, line


async def test_every_request_that_went_over_the_wire_is_valid(
    server, official_schema: etree.XMLSchema
) -> None:
    """The wire log of whole sessions, judged by the published schema."""
    await session_of(server, 0)
    requests = sorted((server.folder / "wire").rglob("*-request.xml"))
    assert len(requests) > 8
    names = set()
    for path in requests:
        root = etree.fromstring(path.read_bytes())
        assert official_schema.validate(root), (path.read_text(), official_schema.error_log)
        names |= {str(element.tag) for element in root[0]}
        assert path.read_bytes().isascii()
    assert {"CheckAddRq", "AccountQueryRq", "CompanyActivityQueryRq"} <= names


@pytest.mark.parametrize("sort", ["first", "later"])
async def test_a_head_without_an_end_is_not_kept_for_ever(server, sort: str) -> None:
    """The server's own patience with silent connections is a matter of minutes, not an hour."""
    from subledger.server import run  # noqa: PLC0415 - its constant alone

    assert run.IDLE <= 300
    answer = await server.raw(
        (b"" if sort == "first" else b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n") + b"GET / HTT",
        wait=0.3,
    )
    assert b"Traceback" not in answer

"""HTTP as the .NET SOAP client speaks it, seen from raw sockets and from aiohttp."""

import asyncio
import contextlib
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from subledger_quickbooks_desktop.simulator.web_connector import HttpTransport, TransportError

DOTNET = "Mozilla/4.0 (compatible; MSIE 6.0; MS Web Services Client Protocol 4.0.30319.42000)"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 4\r\n\r\ndone"


class RawServer:
    """Keeps what it reads; each connection is served by the given coroutine function."""

    def __init__(self, serve):
        self.serve = serve
        self.connections = 0
        self.heads = []
        self.bodies = []

    async def head(self, reader):
        """Read and keep one request head."""
        head = await reader.readuntil(b"\r\n\r\n")
        self.heads.append(head.decode())
        return head

    async def body(self, reader):
        """Read and keep the five bytes of a body."""
        self.bodies.append(await reader.readexactly(5))

    async def __call__(self, reader, writer):
        """Serve one connection."""
        self.connections += 1
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            await self.serve(self, reader, writer)
        writer.close()


@asynccontextmanager
async def raw(serve, **options):
    """A raw server and a transport to it."""
    handler = RawServer(serve)
    server = await asyncio.start_server(handler, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    transport = HttpTransport(f"http://127.0.0.1:{port}/qbwc?x=1", **options)
    try:
        yield handler, transport
    finally:
        await transport.close()
        server.close()


async def polite(server, reader, writer):
    """Says 100 Continue to each request and answers it."""
    while True:
        await server.head(reader)
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await server.body(reader)
        writer.write(OK)


async def test_the_head_is_that_of_the_dotnet_client():
    """User agent, quoted SOAPAction, length, Expect, Keep-Alive; no chunks, no compression."""
    async with raw(polite) as (server, transport):
        reply = await transport.post("http://developer.intuit.com/authenticate", b"hello")
        port = transport._url.port
    assert server.heads[0].split("\r\n") == [
        "POST /qbwc?x=1 HTTP/1.1",
        f"User-Agent: {DOTNET}",
        "Content-Type: text/xml; charset=utf-8",
        'SOAPAction: "http://developer.intuit.com/authenticate"',
        f"Host: 127.0.0.1:{port}",
        "Content-Length: 5",
        "Expect: 100-continue",
        "Connection: Keep-Alive",
        "",
        "",
    ]
    assert (reply.status, reply.body, server.bodies) == (200, b"done", [b"hello"])
    assert reply.headers["content-type"] == "text/xml"


async def test_one_connection_serves_a_session_and_close_ends_it():
    """Calls share a connection until it is closed."""
    async with raw(polite) as (server, transport):
        await transport.post("a", b"hello")
        await transport.post("a", b"hello")
        assert server.connections == 1
        await transport.close()
        await transport.post("a", b"hello")
        assert server.connections == 2
        assert transport.continue_timeouts == 0


async def test_the_body_waits_for_100_continue_and_no_longer_than_its_patience():
    """A server that never says 100 gets the body after the patience."""
    early = []

    async def silent(server, reader, writer):
        await server.head(reader)
        with contextlib.suppress(TimeoutError):
            early.append(await asyncio.wait_for(reader.read(1), 0.02))
        await server.body(reader)
        writer.write(OK)

    async with raw(silent, patience=0.5) as (server, transport):
        reply = await transport.post("a", b"hello")
    assert (early, server.bodies, reply.body) == ([], [b"hello"], b"done")
    assert transport.continue_timeouts == 1


async def test_a_late_100_continue_is_skipped():
    """It may come together with the answer."""

    async def late(server, reader, writer):
        await server.head(reader)
        await server.body(reader)
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n" + OK)

    async with raw(late, patience=0.01) as (_server, transport):
        assert (await transport.post("a", b"hello")).body == b"done"


async def test_a_final_answer_instead_of_100_keeps_the_body_back():
    """417 or 413: the reply is taken, the body is never sent, the connection is not reused."""

    async def refusing(server, reader, writer):
        await server.head(reader)
        writer.write(b"HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n")
        server.bodies.append(await reader.read())

    async with raw(refusing) as (server, transport):
        reply = await transport.post("a", b"hello")
        async with asyncio.timeout(60):
            while not server.bodies:  # noqa: ASYNC110 - the server tells nobody
                await asyncio.sleep(0.01)
        assert (reply.status, server.bodies) == (417, [b""])


async def test_without_expect_head_and_body_go_together():
    """The option leaves the header out."""

    async def plain(server, reader, writer):
        await server.head(reader)
        await server.body(reader)
        writer.write(OK)

    async with raw(plain, expect_continue=False) as (server, transport):
        await transport.post("a", b"hello")
    assert "Expect" not in server.heads[0]


async def test_a_connection_that_died_while_idle_is_opened_again():
    """The server has closed it before the body went out: nothing can be done twice."""

    async def once(server, reader, writer):
        await server.head(reader)
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await server.body(reader)
        writer.write(OK)

    async with raw(once) as (server, transport):
        await transport.post("a", b"hello")
        await asyncio.sleep(0.1)
        assert (await transport.post("a", b"hello")).body == b"done"
        assert (server.connections, server.bodies) == (2, [b"hello", b"hello"])


async def test_a_connection_that_dies_after_the_body_is_never_tried_again():
    """The call may have been served: it is an error, and the body went out once."""

    async def dying(server, reader, writer):
        await server.head(reader)
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await server.body(reader)

    async with raw(dying) as (server, transport):
        with pytest.raises(TransportError):
            await transport.post("a", b"hello")
        assert (server.connections, server.bodies) == (1, [b"hello"])


@pytest.mark.parametrize(
    "answer",
    [
        b"SMTP ready\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nBad line\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        b"",
    ],
)
async def test_an_answer_that_is_not_http_is_an_error(answer):
    """A broken head, a broken length and a short body are no reply."""

    async def broken(server, reader, writer):
        await server.head(reader)
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await server.body(reader)
        writer.write(answer)

    async with raw(broken) as (_server, transport):
        with pytest.raises(TransportError):
            await transport.post("a", b"hello")


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\ndo\r\n2;x=y\r\nne\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\ndone",
        b"HTTP/1.0 200 OK\r\n\r\ndone",
    ],
)
async def test_chunks_and_bodies_without_length_are_read(answer):
    """The .NET client reads them too."""

    async def serve(server, reader, writer):
        await server.head(reader)
        await server.body(reader)
        writer.write(answer)

    async with raw(serve, patience=0.01) as (_server, transport):
        assert (await transport.post("a", b"hello")).body == b"done"


async def test_an_unreachable_server_is_a_transport_error():
    """Nobody listens."""
    async with raw(polite) as (_server, transport):
        pass
    with pytest.raises(TransportError):
        await transport.post("a", b"hello")


@pytest.mark.parametrize("url", ["ftp://x/", "http://", "qbwc"])
def test_only_http_and_https_are_spoken(url):
    """Any other URL is refused when the transport is made."""
    with pytest.raises(ValueError, match="not an http"):
        HttpTransport(url)


@pytest.fixture
async def site(server):
    """The scripted server behind aiohttp: its URL, and the requests it saw."""
    seen = []

    async def handle(request):
        seen.append(request)
        if request.method == "GET":
            return web.Response(status=202)
        reply = await server.post(request.headers["SOAPAction"].strip('"'), await request.read())
        return web.Response(status=reply.status, body=reply.body, headers=dict(reply.headers))

    app = web.Application()
    app.router.add_route("*", "/qbwc", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    listener = web.TCPSite(runner, "127.0.0.1", 0)
    await listener.start()
    port = listener._server.sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/qbwc", seen
    await runner.cleanup()


async def test_whole_sessions_over_http_use_one_connection_each(bench, server, site, query):
    """Aiohttp says 100 Continue by itself, so no call waits."""
    url, seen = site
    server.script["sendRequestXML"] = [query]
    transport = HttpTransport(url)
    connector = bench.connector(transport=transport)
    for session in (1, 2):
        result = await connector.run_once()
        assert (result.error, result.percent) == (None, 100)
        assert (transport.connections_opened, transport.continue_timeouts) == (session, 0)
    assert len(seen) == 2 * len(result.calls)


async def test_a_support_url_is_fetched_with_get(site):
    """Its status is what counts."""
    url, seen = site
    assert await HttpTransport(url).get_status() == 202
    assert seen[0].method == "GET"

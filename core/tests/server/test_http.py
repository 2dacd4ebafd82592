"""The HTTP client: whole answers or a temporary error, and never a secret in it."""

import asyncio
import contextlib

import aiohttp
import pytest

from subledger.errors import TemporaryError
from subledger.http import AiohttpHttp

SECRET = "c4nary-secret"


class Other:
    """The other side: sends given bytes, with pauses, and remembers the request."""

    def __init__(self, *pieces, pause=0.0):
        self.pieces, self.pause, self.request = pieces, pause, b""
        self.task = None

    async def serve(self, reader, writer):
        """One request."""
        self.task = asyncio.current_task()
        self.request = await reader.readuntil(b"\r\n\r\n")
        try:
            for piece in self.pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(self.pause)
        except (ConnectionError, asyncio.CancelledError):
            pass
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


@pytest.fixture
async def http():
    """The client."""
    async with aiohttp.ClientSession() as session:
        yield AiohttpHttp(session)


async def ask(http, other, **more):
    """One request to the other side."""
    server = await asyncio.start_server(other.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        return await http("GET", f"http://127.0.0.1:{port}/x", **more)
    finally:
        if other.task is not None:
            other.task.cancel()
            await asyncio.wait([other.task])
        server.close()
        await server.wait_closed()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nX-Thing: A\r\n\r\n"


async def test_whole_answer(http):
    """An answer has its status, headers in lower case and the body."""
    answer = await ask(http, Other(HEAD % 2, b"{}"))
    assert (answer.status, answer.headers["x-thing"], answer.body) == (200, "A", b"{}")


async def test_body_in_pieces(http):
    """A large body that comes in many pieces comes whole."""
    piece = bytes(range(256)) * 1024
    answer = await ask(http, Other(HEAD % (len(piece) * 12), *[piece] * 12, pause=0.001))
    assert answer.body == piece * 12


async def test_too_large(http, monkeypatch):
    """A body beyond the limit is refused; the memory is not filled with it."""
    monkeypatch.setattr("subledger.http._BODY_LIMIT", 100_000)
    with pytest.raises(TemporaryError, match="larger"):
        await ask(http, Other(HEAD % 10**7, *[b"x" * 65536] * 20))


async def test_redirects_are_not_followed(http):
    """A redirect is an answer like others: credentials do not go elsewhere."""
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/y\r\nContent-Length: 0\r\n\r\n"
    answer = await ask(http, Other(moved))
    assert answer.status == 302


async def test_error_status_is_an_answer(http):
    """A status that says no is an answer, not an error."""
    answer = await ask(http, Other(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"))
    assert answer.status == 503


TROUBLE = {
    "too late": (Other(HEAD % 2, pause=3), {"timeout": 0.1}),
    "cut off": (Other(HEAD % 100, b"half"), {}),
    "not HTTP": (Other(b"220 smtp ready\r\n\r\n"), {}),
    "nothing": (Other(), {}),
}


@pytest.mark.parametrize("trouble", TROUBLE)
async def test_no_whole_answer(http, trouble):
    """Whatever prevents a whole answer is a temporary error without a secret."""
    other, more = TROUBLE[trouble]
    with pytest.raises(TemporaryError) as error:
        await ask(http, other, params={"key": SECRET}, headers={"Token": SECRET}, **more)
    assert "127.0.0.1" in error.value.message
    assert SECRET not in f"{error.value!r}{error.value}{error.value.detail}{error.value.hint}"
    assert SECRET.encode() in other.request


async def test_connection_refused(http):
    """A server that is not there is a temporary error that names the host."""
    with pytest.raises(TemporaryError, match=r"127\.0\.0\.1") as error:
        await http("GET", "http://127.0.0.1:9/x", params={"key": SECRET})
    assert SECRET not in error.value.detail


async def test_bad_address(http):
    """An address that is none is a temporary error, and its secrets stay with us."""
    with pytest.raises(TemporaryError) as error:
        await http("GET", f"http://:bad:address/{SECRET}")
    assert SECRET not in f"{error.value}{error.value.detail}"

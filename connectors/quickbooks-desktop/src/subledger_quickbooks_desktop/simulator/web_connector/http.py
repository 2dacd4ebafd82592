"""HTTP/1.1 as the .NET SOAP client speaks it: keep-alive for a session, Expect: 100-continue."""

import asyncio
import ssl
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit

from attrs import define, frozen

from .transport import Reply, TransportError

USER_AGENT = "Mozilla/4.0 (compatible; MSIE 6.0; MS Web Services Client Protocol 4.0.30319.42000)"
_HEAD_END = b"\r\n\r\n"
_CONTINUE = 100
_FIRST_FINAL = 200


class _ClosedBeforeBodyError(Exception):
    """The server had closed the kept connection before the body was sent: nothing was served."""


@frozen
class _Head:
    status: int
    headers: Mapping[str, str]
    keep_alive: bool


@define
class _Connection:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def close(self) -> None:
        self.writer.close()
        with suppress(OSError):
            await self.writer.wait_closed()


class HttpTransport:
    """A `Transport` over HTTP/1.1 with one kept connection per session.

    `tls` is the context for https (the default one of Python when None). With `expect_continue`
    the head goes first and the body after "100 Continue", or after `patience` seconds: the .NET
    client does so, and a server that never says 100 makes every call wait (`continue_timeouts`
    counts them). Redirects are not followed, nothing is compressed, there are no cookies.
    """

    def __init__(
        self,
        url: str,
        *,
        tls: ssl.SSLContext | None = None,
        expect_continue: bool = True,
        patience: float = 0.35,
    ) -> None:
        self._url = _Address.of(url)
        self._tls = (tls or ssl.create_default_context()) if self._url.secure else None
        self._expect = expect_continue
        self._patience = patience
        self._connection: _Connection | None = None
        self.continue_timeouts = 0
        self.connections_opened = 0

    async def post(self, action: str, body: bytes) -> Reply:
        """Send one call; raises `TransportError` when no complete reply came."""
        lines = [
            f"POST {self._url.target} HTTP/1.1",
            f"User-Agent: {USER_AGENT}",
            "Content-Type: text/xml; charset=utf-8",
            f'SOAPAction: "{action}"',
            f"Host: {self._url.host}",
            f"Content-Length: {len(body)}",
            *(["Expect: 100-continue"] if self._expect else []),
            "Connection: Keep-Alive",
        ]
        return await self._send("\r\n".join(lines).encode("ascii") + _HEAD_END, body)

    async def get_status(self) -> int:
        """The status with which the server answers a GET of the URL."""
        head = f"GET {self._url.target} HTTP/1.1\r\nHost: {self._url.host}\r\nConnection: close"
        return (await self._send(head.encode("ascii") + _HEAD_END, b"")).status

    async def close(self) -> None:
        """Close the kept connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _send(self, head: bytes, body: bytes) -> Reply:
        reused = self._connection is not None
        try:
            return await self._attempt(head, body)
        except _ClosedBeforeBodyError as error:
            await self.close()
            if not reused:
                raise TransportError("The connection was closed unexpectedly") from error
        try:
            return await self._attempt(head, body)
        except _ClosedBeforeBodyError as error:
            await self.close()
            raise TransportError("The connection was closed unexpectedly") from error

    async def _attempt(self, head: bytes, body: bytes) -> Reply:
        try:
            if self._connection is None:
                self._connection = await self._open()
            reply, keep = await self._exchange(self._connection, head, body)
        except _ClosedBeforeBodyError:
            raise
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError) as error:
            await self.close()
            raise TransportError(f"{type(error).__name__}: {error}") from error
        except BaseException:
            self._drop()
            raise
        if not keep:
            await self.close()
        return reply

    async def _open(self) -> _Connection:
        self.connections_opened += 1
        reader, writer = await asyncio.open_connection(
            self._url.name, self._url.port, ssl=self._tls
        )
        return _Connection(reader, writer)

    async def _exchange(
        self, connection: _Connection, head: bytes, body: bytes
    ) -> tuple[Reply, bool]:
        reader, writer = connection.reader, connection.writer
        early: _Head | None = None
        if self._expect and body:
            try:
                writer.write(head)
                await writer.drain()
                early = await self._continue(reader)
            except (ConnectionError, asyncio.IncompleteReadError) as error:
                raise _ClosedBeforeBodyError from error
            if early is None:
                writer.write(body)
        else:
            writer.write(head + body)
        if early is None:
            await writer.drain()
        answer = early or await _final_head(reader)
        content, ended = await _content(reader, answer)
        keep = answer.keep_alive and not ended and early is None
        return Reply(status=answer.status, headers=answer.headers, body=content), keep

    async def _continue(self, reader: asyncio.StreamReader) -> _Head | None:
        """Wait for 100 Continue; a final answer that comes instead is returned."""
        try:
            head = await asyncio.wait_for(_head(reader), self._patience)
        except TimeoutError:
            self.continue_timeouts += 1
            return None
        return None if head.status == _CONTINUE else head

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.writer.close()


@frozen
class _Address:
    secure: bool
    name: str
    port: int
    host: str
    target: str

    @classmethod
    def of(cls, url: str) -> "_Address":
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url!r} is not an http or https URL")
        secure = parts.scheme == "https"
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        port = parts.port or (443 if secure else 80)
        return cls(secure, parts.hostname, port, parts.netloc.rpartition("@")[2], target)


async def _final_head(reader: asyncio.StreamReader) -> _Head:
    while True:
        head = await _head(reader)
        if head.status >= _FIRST_FINAL:
            return head


async def _head(reader: asyncio.StreamReader) -> _Head:
    text = (await reader.readuntil(_HEAD_END)).decode("latin-1")
    status_line, *lines = text[: -len(_HEAD_END)].split("\r\n")
    version, _, rest = status_line.partition(" ")
    if version not in ("HTTP/1.1", "HTTP/1.0") or not rest[:3].isdigit():
        raise ValueError(f"the server committed a protocol violation: {status_line!r}")
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or name != name.strip():
            raise ValueError(f"the server committed a protocol violation: {line!r}")
        headers[name.lower()] = value.strip()
    wish = headers.get("connection", "").lower()
    keep = wish != "close" if version == "HTTP/1.1" else wish == "keep-alive"
    return _Head(int(rest[:3]), headers, keep)


async def _content(reader: asyncio.StreamReader, head: _Head) -> tuple[bytes, bool]:
    """The body, and whether the connection ended with it."""
    if head.headers.get("transfer-encoding", "").lower() == "chunked":
        return await _chunks(reader), False
    length = head.headers.get("content-length")
    if length is not None:
        return await reader.readexactly(int(length)), False
    return await reader.read(-1), True


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    parts: list[bytes] = []
    while True:
        size = int((await reader.readuntil(b"\r\n")).split(b";")[0], 16)
        parts.append(await reader.readexactly(size))
        await reader.readexactly(2) if size else await _trailer(reader)
        if not size:
            return b"".join(parts)


async def _trailer(reader: asyncio.StreamReader) -> None:
    while await reader.readuntil(b"\r\n") != b"\r\n":
        pass

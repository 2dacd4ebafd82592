"""A peer as the other side meets it: an HTTP port whose other end is the peer's handler."""

import asyncio
import traceback
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock
from urllib.parse import urlencode, urlsplit

from aiohttp import streams, web
from aiohttp.base_protocol import BaseProtocol
from aiohttp.http import HttpVersion11, RawRequestMessage
from aiohttp.test_utils import make_mocked_request
from attrs import frozen
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from subledger.errors import TemporaryError
from subledger.runtime import HttpResponse


@frozen
class Inward:
    """The :class:`subledger.runtime.Http` by which a simulated other side calls a peer.

    Without sockets: ``handle`` is :meth:`subledger.ports.Peer.handle`. A handler that raises is
    an answer with the status 500, as a server gives it.
    """

    handle: Callable[[web.Request], Awaitable[web.StreamResponse]]

    async def __call__(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | list[tuple[str, str]] | None = None,
        body: bytes | None = None,
        timeout: float = 30.0,  # noqa: ASYNC109 - part of the port
    ) -> HttpResponse:
        """The peer's answer. Raises TemporaryError where it took longer than ``timeout``."""
        parts = urlsplit(url)
        query = "&".join(filter(None, (parts.query, urlencode(params) if params else "")))
        path = f"{parts.path or '/'}?{query}" if query else parts.path or "/"
        content = body or b""
        sent = {"Host": parts.netloc, "Content-Length": str(len(content)), **(headers or {})}
        request = _request(method, path, sent, content)
        try:
            async with asyncio.timeout(timeout):
                response = await self.handle(request)
        except TimeoutError:
            raise TemporaryError("the peer did not answer in time") from None
        except web.HTTPException as error:
            response = error
        except Exception:  # noqa: BLE001 - the last guard of a server
            failure = traceback.format_exc(limit=-4).encode()
            return HttpResponse(status=500, headers={}, body=failure)
        return HttpResponse(
            status=response.status,
            headers={name.lower(): value for name, value in response.headers.items()},
            body=_body(response),
        )


def _request(method: str, path: str, headers: Mapping[str, str], content: bytes) -> web.Request:
    """A request as the server's parser makes it, without a connection."""
    stubs = _stubs()
    fields = CIMultiDictProxy(CIMultiDict(headers))
    raw = tuple((name.encode(), value.encode()) for name, value in fields.items())
    message = RawRequestMessage(
        *(method.upper(), path, HttpVersion11, fields, raw),
        *(False, None, False, False, URL(path)),  # close, compression, upgrade, chunked, url
    )
    loop = asyncio.get_running_loop()
    connection = (stubs.protocol, stubs.writer, stubs.task)
    request = web.Request(message, _arrived(content), *connection, loop)
    request._match_info = stubs.place  # noqa: SLF001 - as the router does
    return request


@cache
def _stubs() -> Any:
    """What stands for the connection of every request; making them anew takes ten times longer."""
    made = make_mocked_request("GET", "/", app=web.Application())
    protocol = Mock(transport=made.transport, peername=None, sockname=None, ssl_context=None)
    return SimpleNamespace(protocol=protocol, writer=Mock(), task=Mock(), place=made.match_info)


def _arrived(content: bytes) -> streams.StreamReader:
    loop = asyncio.get_running_loop()
    reader = streams.StreamReader(BaseProtocol(loop), 2**30, loop=loop)
    if content:
        reader.feed_data(content)
    reader.feed_eof()
    return reader


def _body(response: web.StreamResponse) -> bytes:
    body = response.body if isinstance(response, web.Response) else b""
    return bytes(body) if isinstance(body, bytes | bytearray) else b""

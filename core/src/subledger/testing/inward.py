"""A peer as the other side meets it: an HTTP port whose other end is the peer's handler."""

import asyncio
import traceback
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from typing import Any
from unittest.mock import Mock
from urllib.parse import urlencode, urlsplit

from aiohttp import streams, web
from aiohttp.base_protocol import BaseProtocol
from aiohttp.test_utils import make_mocked_request
from attrs import frozen

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
        request = make_mocked_request(method, path, sent, payload=_arrived(content), **_stubs())
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


@cache
def _stubs() -> dict[str, Any]:
    """What stands for the connection of every request; making them anew takes ten times longer."""
    transport, protocol, writer = Mock(), Mock(), Mock()
    transport.get_extra_info.return_value = None
    protocol.peername = protocol.sockname = protocol.ssl_context = None
    return {
        "app": web.Application(),
        "transport": transport,
        "protocol": protocol,
        "writer": writer,
    }


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

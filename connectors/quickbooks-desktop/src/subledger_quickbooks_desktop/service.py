"""The HTTP face of one connection: requests in, envelopes out.

Nothing raises and nothing shows a traceback. A short body is read whole, a long one as it arrives.

Source: QuickBooks Web Connector Programmer's Guide, chapter 2; SOAP 1.1, section 6.
"""

import asyncio
from collections.abc import Awaitable
from typing import Any, Final

from aiohttp import web
from attrs import define, field

from subledger.errors import ConfigError, Fenced, Problem
from subledger.ports import PeerContext
from subledger_quickbooks_desktop import identity
from subledger_quickbooks_desktop.arrival import LongAnswer
from subledger_quickbooks_desktop.calls import Calls
from subledger_quickbooks_desktop.config import OWNER_ID, QuickBooksDesktopConfig
from subledger_quickbooks_desktop.state import STOP
from subledger_quickbooks_desktop.turns import in_turns
from subledger_quickbooks_desktop.wire import soap
from subledger_quickbooks_desktop.wire.qwc import ConnectorFile, render_qwc
from subledger_quickbooks_desktop.wire.wsdl import wsdl
from subledger_quickbooks_desktop.wire.xml import HostileXml

SMALL: Final = 64 * 1024
"""Below this many bytes a body is read whole; above it is streamed."""
LARGEST: Final = 192 * 1024 * 1024
PATIENCE: Final = 30.0
"""Seconds that a body may pause while it arrives."""
LONGEST: Final = 120.0
"""Seconds in which a body must be there; the Web Connector itself gives up after 100."""
_XML: Final = "text/xml"


class TooLarge(Exception):  # noqa: N818 - says what the body is
    """The body is longer than anything QuickBooks sends."""


@define
class Service:
    """Answers the Web Connector for one connection over HTTP."""

    config: QuickBooksDesktopConfig
    context: PeerContext
    _calls: Calls = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._calls = Calls(self.config, self.context)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """The answer to one request; never raises."""
        if request.method == "GET":
            return self._get(request)
        if request.method != "POST":
            return web.Response(status=405, headers={"Allow": "GET, POST"})
        status, body = await self._answered(self._post(request))
        return web.Response(status=status, body=body, content_type=_XML, charset="utf-8")

    async def answer(self, body: bytes, address: str) -> tuple[int, bytes]:
        """HTTP status and envelope for a call that has arrived whole; never raises."""
        return await self._answered(self._whole(body, address))

    async def _answered(self, answering: Awaitable[bytes]) -> tuple[int, bytes]:
        try:
            return 200, await answering
        except (HostileXml, soap.SoapError) as error:
            self.context.log.warning("soap_refused", reason=str(error))
            return 400, soap.render_fault(str(error))
        except (TooLarge, web.HTTPRequestEntityTooLarge):
            return 413, soap.render_fault("the request is too large")
        except TimeoutError:
            return 408, soap.render_fault("the request did not arrive in time")
        except Fenced:
            return 200, soap.render_result("receiveResponseXML", STOP)
        except (ConnectionError, asyncio.CancelledError):
            raise
        except Exception:
            self.context.log.exception("soap_failed")
            return 400, soap.render_fault("the request could not be processed")

    def _get(self, request: web.Request) -> web.Response:
        if "wsdl" in {name.lower() for name in request.query}:
            location = str(request.url.with_query(None))
            return web.Response(body=wsdl(location), content_type=_XML, charset="utf-8")
        return web.Response(text="This address serves the QuickBooks Web Connector.\n")

    async def _post(self, request: web.Request) -> bytes:
        length = request.content_length
        if length is not None and length > LARGEST:
            raise TooLarge
        address = request.remote or ""
        if length is not None and length <= SMALL:
            return await self._whole(await _read(request), address)
        async with asyncio.timeout(LONGEST):
            method, result = await self._stream(request)
        return soap.render_result(method, result)

    async def _whole(self, body: bytes, address: str) -> bytes:
        call = soap.parse_call(body)
        result = await self._calls.call(call.method, call.arguments, address)
        return soap.render_result(call.method, result)

    async def _stream(self, request: web.Request) -> tuple[str, Any]:
        """Reads a long body piece by piece; the rows of an answer are stored in batches."""
        long_answer = LongAnswer(self._calls)
        read = 0
        while chunk := await _arrived(request):
            read += len(chunk)
            if read > LARGEST:
                raise TooLarge
            await in_turns(chunk, long_answer.feed)
        call = long_answer.envelope.close()
        if call.method != "receiveResponseXML":
            if read > SMALL * 16:
                raise TooLarge
            address = request.remote or ""
            return call.method, await self._calls.call(call.method, call.arguments, address)
        return call.method, await long_answer.finish(call.arguments)

    async def enrolment(self, url: str) -> bytes:
        """The ``.qwc`` file; ``url`` is the public address of the server."""
        name = self.config.company_name or self.context.connection
        return render_qwc(
            ConnectorFile(
                app_name=f"subledger - {name}",
                app_url=f"{url}/qbwc/{self.context.connection}",
                app_support=f"{url}/support",
                app_description="Keeps your books in agreement with your other systems.",
                user_name=self._calls.username,
                owner_id=OWNER_ID,
                file_id=await self._calls.file_id(),
                unique_name=f"subledger {self.context.connection}",
                unattended="umpRequired" if self.config.company_file else "umpOptional",
                run_every_seconds=int(self.config.run_every.total_seconds()),
            )
        )

    async def new_password(self) -> str:
        """Makes a new password and returns it once. Raises ConfigError where one is configured."""
        if self.config.password is not None:
            raise ConfigError([_configured(self.context.connection)])
        return await self.context.note(identity.new_password)


def _configured(connection: str) -> Problem:
    return Problem(
        path=f"connections.{connection}.password",
        message="is configured, so that a new password would never let the Web Connector in",
        hint="Type the configured one into the Web Connector, or remove this setting first.",
    )


async def _read(request: web.Request) -> bytes:
    """A short body; nothing is waited for where it came together with its head."""
    if request.content.is_eof():
        return await request.read()
    async with asyncio.timeout(PATIENCE):
        return await request.read()


async def _arrived(request: web.Request) -> bytes:
    """What has arrived of a long body since the last look; empty at its end."""
    async with asyncio.timeout(PATIENCE):
        return await request.content.readany()

"""The server as the Web Connector sees it: one method for each SOAP method, faults included."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from attrs import define, field

from subledger_quickbooks_desktop.simulator.com import Session
from subledger_quickbooks_desktop.simulator.faults import Cut, Faults

from .errors import CALL_CODES, ConnectorError
from .journal import Journal
from .soap import (
    PARAMETERS,
    BadReplyError,
    parse_int,
    parse_string,
    parse_strings,
    render_call,
    soap_action,
)
from .transport import ConnectedTransport, Reply, Transport, TransportError

T = TypeVar("T")

_MASKED = "<MaskedForSecurity>"
_LONG = 200
_SUPPRESSED = ("strHCPResponse", "response")


@define
class Service:
    """Calls the server; each failure becomes the `ConnectorError` of its method.

    serverVersion and the interactive methods have no code of their own: they raise
    `BadReplyError` or `TransportError`.
    """

    transport: Transport
    journal: Journal
    faults: Faults
    call_timeout: float
    calls: list[str] = field(factory=list)

    async def server_version(self) -> str:
        """The version text of the server."""
        return await self._call("serverVersion", (), parse_string)

    async def client_version(self, version: str) -> str:
        """What the server says to this version of the Web Connector."""
        return await self._call("clientVersion", (version,), parse_string)

    async def authenticate(self, username: str, password: str) -> list[str]:
        """Ticket, verdict or company file, and perhaps seconds."""
        return await self._call("authenticate", (username, password), parse_strings)

    async def send_request_xml(self, ticket: str, hcp: str, session: Session) -> str:
        """The next qbXML document, "" or "NoOp"."""
        version = (session.major_version, session.minor_version)
        values = (ticket, hcp, session.company_file, session.country, *version)
        return await self._call("sendRequestXML", values, parse_string)

    async def receive_response_xml(
        self, ticket: str, response: str, hresult: str, message: str, *, unseen: bool = False
    ) -> int:
        """Percent done; with `unseen` the server is served but its reply gets lost."""
        values = (ticket, response, hresult, message)
        cut = Cut.AFTER if unseen else None
        return await self._call("receiveResponseXML", values, parse_int, cut=cut)

    async def connection_error(self, ticket: str, hresult: str, message: str) -> str:
        """What to do after QuickBooks could not be opened: "done", or a company file."""
        return await self._call("connectionError", (ticket, hresult, message), parse_string)

    async def get_last_error(self, ticket: str) -> str:
        """Text for the user, or "NoOp", or "Interactive mode"."""
        return await self._call("getLastError", (ticket,), parse_string)

    async def interactive_rejected(self, ticket: str, reason: str) -> str:
        """Tell the server that the user does not want interactive mode."""
        return await self._call("interactiveRejected", (ticket, reason), parse_string)

    async def close_connection(self, ticket: str) -> str:
        """Status text for the user."""
        return await self._call("closeConnection", (ticket,), parse_string)

    async def disconnect(self) -> None:
        """End the connection, where the transport has one."""
        if isinstance(self.transport, ConnectedTransport):
            await self.transport.close()

    async def _call(
        self,
        method: str,
        values: tuple[str | int, ...],
        parse: Callable[[str, Reply], T],
        *,
        cut: Cut | None = None,
    ) -> T:
        self.calls.append(method)
        named = dict(zip(PARAMETERS[method], map(str, values), strict=True))
        self.journal.calling(method, {name: _shown(name, text) for name, text in named.items()})
        try:
            reply = await self._post(method, render_call(method, values), cut)
            result = parse(method, reply)
        except (BadReplyError, TransportError) as error:
            self.journal.line(f"SOAPWebService.do_{method}", f"{method}() failed: {error}")
            if method not in CALL_CODES:
                raise
            raise ConnectorError(CALL_CODES[method], str(error)) from error
        self.journal.received(method, _returned(method, result))
        return result

    async def _post(self, method: str, body: bytes, cut: Cut | None) -> Reply:
        cut = self.faults.call(method) or cut
        if cut is Cut.BEFORE:
            await self.disconnect()
            raise TransportError("The underlying connection was closed before the call was sent")
        try:
            async with asyncio.timeout(self.call_timeout):
                reply = await self.transport.post(soap_action(method), body)
        except TimeoutError as error:
            await self.disconnect()
            raise TransportError("The operation has timed out") from error
        except OSError as error:
            raise TransportError(str(error) or type(error).__name__) from error
        if cut is Cut.AFTER:
            await self.disconnect()
            raise TransportError("The underlying connection was closed: the reply was lost")
        return reply


def _shown(name: str, text: str) -> str:
    if name == "strPassword":
        return _MASKED
    if name in _SUPPRESSED and text:
        return f"XML with size (bytes) = {len(text.encode())}"
    return text


def _returned(method: str, result: object) -> dict[str, str]:
    if isinstance(result, list):
        return {f"authRet[{index}]": text for index, text in enumerate(result)}
    text = str(result)
    long = method == "sendRequestXML" and len(text) > _LONG
    return {f"{method}Ret": f"XML with size (bytes) = {len(text.encode())}" if long else text}

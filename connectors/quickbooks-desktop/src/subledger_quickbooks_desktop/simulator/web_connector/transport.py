"""How a call reaches the server: the port, and what comes back."""

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from attrs import frozen


class TransportError(Exception):
    """No reply came: the server was not reached, or the connection broke or timed out."""


@frozen(kw_only=True)
class Reply:
    """A reply of the server; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport(Protocol):
    """Carries one SOAP call; `action` is the SOAPAction without its quotes."""

    async def post(self, action: str, body: bytes) -> Reply:
        """Send the call and wait for the reply; raises `TransportError` or `OSError`."""


@runtime_checkable
class ConnectedTransport(Transport, Protocol):
    """A transport that keeps a connection for the length of one session."""

    async def close(self) -> None:
        """End the connection; the next call opens a new one."""

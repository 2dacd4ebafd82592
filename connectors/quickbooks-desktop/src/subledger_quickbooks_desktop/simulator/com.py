"""The boundary between the two simulators: what QuickBooks offers over COM to one who asks.

The Web Connector simulator calls it, the QuickBooks simulator implements it. It has the shape of
the qbXML request processor of the QuickBooks Desktop SDK (BeginSession, ProcessRequest,
EndSession), without connections and tickets.
"""

from __future__ import annotations

from typing import Protocol


class ComError(Exception):
    """A call that QuickBooks refused as a whole: `hresult` like "0x80040400", and its text."""

    def __init__(self, hresult: str, message: str) -> None:
        """Keep both, and print as "0x80040400: text"."""
        super().__init__(f"{hresult}: {message}")
        self.hresult = hresult
        self.message = message


class Session(Protocol):
    """One application's session with one company file."""

    @property
    def company_file(self) -> str:
        r"""Full path as Windows prints it, for instance `C:\Books\Northwind.qbw`."""
        ...

    @property
    def major_version(self) -> int:
        """Highest qbXML version of the request processor, whole part."""
        ...

    @property
    def minor_version(self) -> int:
        """Highest qbXML version of the request processor, fraction part."""
        ...

    @property
    def country(self) -> str:
        """Edition of QuickBooks: US, CA, UK or AU."""
        ...

    def process(self, request: str) -> str:
        """Answer one qbXML message set; raise ComError when it was refused as a whole."""
        ...

    def end(self) -> None:
        """End the session: its iterators die."""
        ...


class RequestProcessor(Protocol):
    """A QuickBooks installation that applications can open sessions with."""

    def begin_session(self, *, company_file: str, app_name: str) -> Session:
        """Open a session ("" means the file that is open now); raise ComError when refused."""
        ...

"""The log of the Web Connector, line by line as QWCLog.txt shows them."""

from collections.abc import Callable
from datetime import UTC, datetime

from attrs import frozen


@frozen
class Journal:
    """Writes `YYYYMMDD.HH:MM:SS UTC<TAB>: Place : text` lines; the place names class and method.

    `write` is None where nobody reads them.
    """

    write: Callable[[str], None] | None
    clock: Callable[[], datetime]

    def line(self, place: str, text: str) -> None:
        """Write one line."""
        if self.write is None:
            return
        stamp = self.clock().astimezone(UTC).strftime("%Y%m%d.%H:%M:%S")
        self.write(f"{stamp} UTC\t: QBWebConnector.{place}() : {text}")

    def calling(self, method: str, parameters: dict[str, str]) -> None:
        """A SOAP method is about to be called with these parameters."""
        if self.write is None:
            return
        shown = "".join(f'<{name}="{value}">' for name, value in parameters.items())
        tail = f" with following parameters:{shown}" if shown else ""
        self.line(f"SOAPWebService.do_{method}", f"*** Calling {method}(){tail}")

    def received(self, method: str, values: dict[str, str]) -> None:
        """A SOAP method returned these values."""
        if self.write is None:
            return
        shown = "".join(f'<{name}="{value}">' for name, value in values.items())
        self.line(f"SOAPWebService.do_{method}", f"Received from {method}():{shown}")

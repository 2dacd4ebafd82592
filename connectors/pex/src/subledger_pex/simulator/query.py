"""Reading a request's parameters the vendor's way: case-insensitive names, strict values."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from attrs import frozen

from .clock import WALL_FORMAT


class RefusedError(Exception):
    """The request cannot be served: an HTTP status and the message of the error body."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@frozen
class Query:
    """Query parameters; names ignore case, lists repeat the name."""

    values: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> "Query":
        """From name-value pairs in order; ``name[]`` is the same as ``name``."""
        collected: dict[str, tuple[str, ...]] = {}
        for name, value in pairs:
            key = name.lower().removesuffix("[]")
            collected[key] = (*collected.get(key, ()), value)
        return cls(collected)

    def text(self, name: str, default: str = "") -> str:
        """The last value."""
        return self.values.get(name.lower(), (default,))[-1]

    def texts(self, name: str) -> tuple[str, ...]:
        """All values."""
        return self.values.get(name.lower(), ())

    def flag(self, name: str, *, default: bool = False) -> bool:
        """True or False, in any case."""
        text = self.text(name).lower()
        if text not in {"", "true", "false"}:
            raise RefusedError(400, f"{name} must be True or False")
        return default if text == "" else text == "true"

    def number(self, name: str, default: int, *, low: int, high: int) -> int:
        """A whole number between two limits."""
        text = self.text(name)
        if text == "":
            return default
        if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
            raise RefusedError(400, f"{name} must be a whole number from {low} to {high}")
        return int(text)

    def cents(self, name: str) -> int | None:
        """An amount with at most two places."""
        text = self.text(name)
        if text == "":
            return None
        try:
            return int(Decimal(text).scaleb(2))
        except (InvalidOperation, ValueError, OverflowError) as wrong:
            raise RefusedError(400, f"{name} must be an amount") from wrong

    def moment(self, name: str) -> datetime | None:
        """An Eastern wall time, ``yyyy-MM-ddTHH:mm:ss`` without an offset; None when absent."""
        text = self.text(name)
        if text == "":
            return None
        try:
            return datetime.strptime(text, WALL_FORMAT)  # noqa: DTZ007 - wall time by protocol
        except ValueError as wrong:
            raise RefusedError(400, f"{name} must look like 2026-01-31T00:00:00") from wrong


@frozen(kw_only=True)
class Window:
    """A stretch of Eastern wall time in whole seconds, both ends included; None is open."""

    begin: datetime | None
    end: datetime | None

    def __contains__(self, moment: datetime) -> bool:
        """Whether the second that ``moment`` falls into is inside."""
        if self.begin is not None and moment < self.begin:
            return False
        return self.end is None or moment <= self.end or moment.replace(microsecond=0) <= self.end

    @classmethod
    def of(cls, query: Query, begin: str = "StartDate", end: str = "EndDate") -> "Window":
        """From two parameters; refused when the end lies before the start."""
        window = cls(begin=query.moment(begin), end=query.moment(end))
        if window.begin and window.end and window.end < window.begin:
            raise RefusedError(400, f"{end} lies before {begin}")
        return window

    @classmethod
    def of_paged(cls, query: Query) -> "Window":
        """From ``minDate`` and ``maxDate``, or ``onDate`` alone."""
        day = query.moment("onDate")
        if day is None:
            return cls.of(query, "minDate", "maxDate")
        if query.text("minDate") or query.text("maxDate"):
            raise RefusedError(400, "onDate cannot be combined with minDate or maxDate")
        start = day.replace(hour=0, minute=0, second=0)
        return cls(begin=start, end=start + timedelta(days=1, seconds=-1))

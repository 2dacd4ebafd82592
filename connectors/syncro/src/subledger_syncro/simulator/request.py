"""A request and its answer without a socket, and what a handler gets and gives."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, unquote, urlsplit

from attrs import field, frozen

from .jsontext import to_json
from .state import Simulation


def _lower(headers: Mapping[str, str]) -> Mapping[str, str]:
    return {name.lower(): value for name, value in headers.items()}


@frozen(kw_only=True)
class Request:
    """What arrives; ``remote`` is the address that the rate limit counts."""

    method: str = "GET"
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(factory=dict, converter=_lower)
    body: bytes = b""
    remote: str = "127.0.0.1"

    @classmethod
    def to(
        cls,
        method: str,
        url: str,
        *,
        token: str = "",
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> "Request":
        """A request for a path or URL with its query string, as a client would send it."""
        parts = urlsplit(url)
        sent = dict(headers or {})
        if token:
            sent["Authorization"] = f"Bearer {token}"
        return cls(
            method=method,
            path=unquote(parts.path),
            query=tuple(parse_qsl(parts.query, keep_blank_values=True)),
            headers=sent,
            body=b"" if json is None else to_json(json).encode(),
        )


@frozen(kw_only=True)
class Response:
    """What goes back after ``delay_seconds``; when ``is_lost``, the connection closes instead."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(factory=dict)
    delay_seconds: float = 0.0
    is_lost: bool = False


class RefusedError(Exception):
    """The request cannot be served: an HTTP status and the body that says so."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(str(body))
        self.status = status
        self.body = body


def not_found() -> RefusedError:
    """The answer for what was deleted or never existed."""
    return RefusedError(404, {"message": "Not found"})


@frozen(kw_only=True)
class Call:
    """One request, read and ready to be answered."""

    simulation: Simulation
    parameters: Mapping[str, str]
    query: tuple[tuple[str, str], ...] = ()
    body: Any = None
    token: str = ""

    @property
    def now(self) -> datetime:
        """The simulated instant."""
        return self.simulation.now

    def id(self, name: str = "id") -> int:
        """A numeric part of the path; not found when it is not a number."""
        value = self.parameters[name]
        if not value.isdecimal():
            raise not_found()
        return int(value)

    def text(self, name: str) -> str:
        """The last value of a query parameter."""
        return next((value for key, value in reversed(self.query) if key == name), "")

    def numbers(self, name: str) -> tuple[int, ...] | None:
        """The values of ``name[]`` or ``name``; None when there are none."""
        found = [value for key, value in self.query if key in {name, f"{name}[]"}]
        values = [part for value in found for part in value.split(",") if part.isdecimal()]
        return tuple(map(int, values)) if found else None

    def flag(self, name: str) -> bool:
        """Whether a query parameter says true."""
        return self.text(name).lower() in {"true", "1"}

    def fields(self) -> Mapping[str, Any]:
        """The body as a JSON object; an empty one when it is something else."""
        return self.body if isinstance(self.body, Mapping) else {}


@frozen(kw_only=True)
class Reply:
    """An answer of a handler; ``is_list`` marks those that a fault may repeat."""

    body: Any = None
    status: int = 200
    is_list: bool = False


Handler: TypeAlias = Callable[[Call], Reply]
Row: TypeAlias = tuple[str, str, str, Handler]
"""Method, path template, permission, handler."""


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile("/" + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template) + "/?")


@frozen
class Routes:
    """Rows of method, path template, permission and handler; the first match wins."""

    rows: tuple[tuple[str, re.Pattern[str], str, Handler], ...]

    @classmethod
    def of(cls, prefix: str, rows: Iterable[Row]) -> "Routes":
        """Rows under common first segments."""
        return cls(
            tuple(
                (method, _pattern(prefix + path), permission, run)
                for method, path, permission, run in rows
            )
        )

    def find(self, method: str, path: str) -> tuple[Handler, str, Mapping[str, str]] | None:
        """The handler, the permission that it needs, and the variable parts of the path."""
        for row_method, pattern, permission, run in self.rows:
            if row_method == method and (match := pattern.fullmatch(path)):
                return run, permission, match.groupdict()
        return None

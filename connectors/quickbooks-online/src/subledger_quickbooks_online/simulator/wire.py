"""A request and a response without a socket: what the door takes and gives."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from attrs import evolve, field, frozen

from .jsonform import to_json

JSON = "application/json;charset=UTF-8"


def _lower(headers: Mapping[str, str]) -> Mapping[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _unslashed(path: str) -> str:
    return f"/{path.strip('/')}"


@frozen(kw_only=True)
class Request:
    """One HTTP request; header names are kept in lower case, the path without a last slash."""

    method: str
    path: str = field(converter=_unslashed)
    query: Mapping[str, str] = field(factory=dict)
    headers: Mapping[str, str] = field(factory=dict, converter=_lower)
    body: bytes = b""

    @classmethod
    def of(
        cls, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> "Request":
        """From a URL or its path with the query; `+` and `%` are decoded once."""
        parts = urlsplit(url)
        return cls(
            method=method,
            path=parts.path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers=headers or {},
            body=body,
        )

    @property
    def content_type(self) -> str:
        """The media type of the body, in lower case and without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def text(self) -> str:
        """The body as text; what is not UTF-8 is replaced."""
        return self.body.decode("utf-8", "replace")

    def form(self) -> dict[str, str]:
        """The fields of a URL-encoded body."""
        return dict(parse_qsl(self.text(), keep_blank_values=True))


@frozen(kw_only=True)
class Response:
    """One HTTP response.

    `delay` is how many seconds it is held back; `lost` says that the connection closes instead of
    it (the request may have taken effect all the same).
    """

    status: int = 200
    headers: Mapping[str, str] = field(factory=dict)
    body: bytes = b""
    delay: float = 0.0
    lost: bool = False

    @classmethod
    def json(cls, value: Any, status: int = 200, **headers: str) -> "Response":
        """A JSON value; `_` in the names of headers stands for a hyphen."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return cls(
            status=status,
            headers={"Content-Type": JSON, "Cache-Control": "no-store", **named},
            body=to_json(value).encode(),
        )

    @classmethod
    def text(cls, text: str, status: int = 200, media: str = "text/plain") -> "Response":
        """Text of a media type."""
        return cls(
            status=status,
            headers={"Content-Type": f"{media};charset=UTF-8"},
            body=text.encode(),
        )

    def with_headers(self, **headers: str) -> "Response":
        """The same with more headers; `_` in their names stands for a hyphen unless Intuit's."""
        return evolve(self, headers={**self.headers, **headers})

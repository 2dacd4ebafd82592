"""Whether a list was asked for more than once: what a reading does whose list has a next page."""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from subledger.testing.outside import Sent

_NUMBERS: Final = re.compile(r"\d+")


def goes_on(requests: Sequence[Sent]) -> bool:
    """Whether two requests have one address and differ: by a page, an offset, a token, a window.

    Texts with spaces are taken for a query language: they may differ in numbers only.
    """
    asked: dict[object, object] = {}
    for request in requests:
        what = (request.url, request.params, request.body)
        if asked.setdefault(_list(request), what) != what:
            return True
    return False


def _list(request: Sent) -> object:
    """The list that a request asks for: its address, and what its queries are about."""
    parts = urlsplit(request.url)
    values = [value for _, value in (*parse_qsl(parts.query), *request.params)]
    values.append(request.body.decode(errors="replace").strip())
    queries = [_NUMBERS.sub("", value) for value in values if " " in value and value[0] not in "{["]
    return request.method, parts.netloc, parts.path, *queries

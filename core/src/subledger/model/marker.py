"""The short mark by which a document in the books is recognised as ours."""

import re
from typing import Final

from subledger.model.kinds import CARD_TRANSACTION, DEPOSIT, KNOWN, TRANSFER, Kind

PREFIX: Final = "sl:"
"""Every marker starts with this."""

_SHORT: Final = {CARD_TRANSACTION: "txn", TRANSFER: "trf", DEPOSIT: "dep"}
_UNSAFE_IN_KIND = re.compile(r"[^A-Za-z0-9._]")
_UNSAFE_IN_ID = re.compile(r"[^A-Za-z0-9._-]")
_MARKER = re.compile(r"\s*(sl:[A-Za-z0-9._~]+-[A-Za-z0-9._~-]+)(?=\s|\Z)")


def _hex(match: re.Match[str]) -> str:
    return "".join(f"~{byte:02X}" for byte in match[0].encode(errors="surrogatepass"))


def marker(kind: Kind, id: str) -> str:  # noqa: A002 - the entity's own field
    """The marker of a source entity, such as ``sl:txn-700000123``; different for each entity.

    ASCII without spaces, so that any books store it unchanged: other characters are written as
    their UTF-8 bytes, ``~C3~A9``. It does not depend on the connection. Raises ValueError for an
    empty id.
    """
    if not id:
        raise ValueError(f"a {kind} without an id cannot be marked")
    short = _SHORT.get(kind, kind) if kind in KNOWN else "x." + _UNSAFE_IN_KIND.sub(_hex, kind)
    return f"{PREFIX}{short}-{_UNSAFE_IN_ID.sub(_hex, id)}"


def parse_marker(text: str) -> str | None:
    """The marker at the start of a memo; None where it does not start with one.

    A marker further on is somebody's remark about our document, not our document.
    """
    match = _MARKER.match(text)
    return match[1] if match else None

"""What QuickBooks Online answers and what becomes of it, from the connector's own table. Pure."""

from collections.abc import Mapping
from typing import Final

from reference.markdown import code, table
from subledger.findings import CATEGORIES
from subledger_quickbooks_online.errors import TABLE, Fate, Row

_DEED: Final[Mapping[Fate, str]] = {
    Fate.REFUSED: "the record waits",
    Fate.TAKEN_NAME: "taken over where it is the same name, else the record waits",
    Fate.TAKEN_NUMBER: "taken over where it is ours, else the record waits",
    Fate.GONE: "looked up, then the record waits",
    Fate.STALE: "read again; a person's edit is kept",
    Fate.LATER: "tried again by itself",
    Fate.UNKNOWN: "looked for in the books",
    Fate.THROTTLED: "the company rests a minute",
    Fate.STOP: "the connection waits for a person",
    Fate.RENEW: "the access token is renewed",
}


def codes(rows: Mapping[str, Row] = TABLE) -> str:
    """Every code: the cause, what is done, the category of the finding and the way out."""
    return table(
        ("code", "cause", "what is done", "finding", "way out"),
        (
            (
                number,
                row.message,
                _DEED[row.fate],
                code(row.category),
                row.hint or CATEGORIES[row.category].hint,
            )
            for number, row in sorted(rows.items(), key=lambda item: int(item[0]))
        ),
    )

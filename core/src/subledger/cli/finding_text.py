"""How findings and their records are shown: as text for people, as values for JSON."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from subledger.cli.output import amount, counted, table
from subledger.ledger.findings import FindingRow
from subledger.money import Money

if TYPE_CHECKING:
    from rich.console import Console

_INDENT: Final = 4
_USUAL: Final = "USD"


def finding_document(row: FindingRow) -> dict[str, object]:
    """A finding for a JSON document."""
    return {
        "number": row.id,
        "flow": row.flow,
        "connection": row.connection,
        "category": row.category,
        "subject": row.subject,
        "cause": row.message,
        "hint": row.hint,
        "detail": row.detail,
        "records": row.records,
        "total": "" if (total := _total(row)) is None else total.text(),
        "states": row.states.split(",") if row.states else [],
    }


def record_document(record: Mapping[str, Any]) -> dict[str, object]:
    """A record of a finding for a JSON document; the amount is a plain decimal text."""
    money = _amount(record)
    return {**record, "amount": "" if money is None else money.text()}


def print_findings(
    out: "Console", rows: Sequence[FindingRow], *, numbered: bool = True, detailed: bool = False
) -> None:
    """Each finding with its category, place, cause and way out.

    Without ``numbered`` the numbers are left out, for findings that are not stored; ``detailed``
    adds what the other side said about them.
    """
    if not rows:
        out.print("Nothing needs your attention.")
        return
    for row in rows:
        number = f"{row.id:<{_INDENT - 1}} " if numbered else ""
        out.print(f"{number}{_headline(row)}")
        detail = f"Detail: {row.detail}" if detailed and row.detail else ""
        texts = (row.message, row.hint, detail)
        for text in filter(None, texts):
            _print_below(out, text)


def print_records(out: "Console", records: Sequence[Mapping[str, Any]], of: int) -> None:
    """The records of a finding as a table, and how many of them are not shown."""
    columns = ["kind", "record", "state", "date", "amount"]
    similar = any(record["same"] for record in records)
    rows = [
        (
            *(record["kind"], record["id"], record["state"], record["date"]),
            amount(_amount(record)),
            *([record["same"]] if similar else []),
        )
        for record in records
    ]
    out.print(table([*columns, *(["in the books"] if similar else [])], rows))
    if of > len(records):
        out.print(f"... and {of - len(records):,} more; --json shows all.")


def _headline(row: FindingRow) -> str:
    place = f"flow {row.flow}" if row.flow else f"connection {row.connection}"
    held = [counted(row.records, "record")] if row.records else []
    held += [text for text in (amount(_total(row)), row.states.replace(",", ", ")) if text]
    return f"{row.category}, {place}{': ' if held else ''}{', '.join(held)}"


def _print_below(out: "Console", text: str) -> None:
    from rich.padding import Padding  # noqa: PLC0415 - not needed with --json
    from rich.text import Text  # noqa: PLC0415 - as above

    if out.soft_wrap:  # a file or a pipe: one line, however long
        out.print(f"{' ' * _INDENT}{text}")
    else:
        out.print(Padding(Text(text), (0, 0, 0, _INDENT), expand=False))


def _total(row: FindingRow) -> Money | None:
    return Money(row.amount, row.currency) if row.currency else None


def _amount(record: Mapping[str, Any]) -> Money | None:
    minor = record["amount"]
    return None if minor is None else Money(minor, record["currency"] or _USUAL)

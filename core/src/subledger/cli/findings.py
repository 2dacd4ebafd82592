"""`subledger findings`: what a person should see, and the ways out: retry, skip and link."""

import asyncio
import getpass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Final, Literal

from cyclopts import Parameter

from subledger.cli.context import open_settings
from subledger.cli.exits import Exit
from subledger.cli.opening import open_kernel
from subledger.cli.options import ConfigOptions
from subledger.cli.output import show, table
from subledger.config.settings import Settings
from subledger.errors import ConfigError, Problem
from subledger.flow import waysout
from subledger.flow.linking import Link, link
from subledger.ledger import findings as ledger
from subledger.ledger.findings import FindingRow
from subledger.manifest import Manifest
from subledger.money import Money

if TYPE_CHECKING:
    from rich.console import Console

Verb = Literal["list", "show", "retry", "skip", "link"]

_DONE: Final = {
    "retry": "will be tried again with the next run",
    "skip": "are left out with the next run",
    "link": "are linked",
}


def findings(
    verb: Verb = "list",
    number: int | None = None,
    /,
    *,
    everything: Annotated[bool, Parameter(name="--all", negative="")] = False,
    reason: str = "",
    record: str = "",
    to: str = "",
    type: str = "",  # noqa: A002 - the option's name
    options: ConfigOptions = ConfigOptions(),  # noqa: B008 - a frozen value
) -> int:
    """List what needs a person, and try again, leave out, or link with what the books have.

    Parameters
    ----------
    verb
        list, show (the records of one finding), retry, skip, or link.
    number
        The number of the finding.
    everything
        Retry all findings.
    reason
        Why records are skipped, for the audit trail.
    record
        The one record of the finding that is linked; all by default.
    to
        The identifier in the books that a record is linked with; by default what the books named.
    type
        The books' own word for that document, such as Invoice.
    """
    settings = open_settings(options)

    async def work() -> tuple[list[FindingRow], list[dict[str, object]], int]:
        async with open_kernel(settings) as kernel:
            store, now, who = kernel.store, kernel.now_ms(), getpass.getuser()
            changed = 0
            rows = await store.read(ledger.listing, list(settings.flows))
            chosen = _chosen(rows, verb, number, everything=everything)
            records: list[dict[str, object]] = []
            if verb == "show":
                found = await store.read(ledger.records_of, chosen[0].id)
                records = [dict(row._mapping) for row in found]  # noqa: SLF001 - its public name
            for row in chosen if verb in _DONE else ():
                flow = settings.flows.get(row.flow)
                if verb == "retry":
                    sink = flow.sink if flow else ""
                    again = partial(waysout.retry, manifest=_manifest(settings, sink))
                    changed += await store.tx(again, row.id, now, who, sink)
                elif verb == "skip":
                    changed += await store.tx(waysout.skip, row.id, now, who, reason)
                elif flow is not None:
                    wanted = Link(
                        source=flow.source, sink=flow.sink, record=record, target=to, type=type
                    )
                    changed += await store.tx(link, row.id, wanted, now, who)
            return rows, records, changed

    rows, records, changed = asyncio.run(work())
    if verb in _DONE:
        show(
            {"changed": changed},
            lambda out: out.print(f"{changed} records {_DONE[verb]}."),
            as_json=options.json,
        )
        return Exit.OK
    if verb == "show":
        show({"records": records}, lambda out: _print_records(out, records), as_json=options.json)
        return Exit.OK
    show(
        {"findings": [finding_document(row) for row in rows]},
        lambda out: print_findings(out, rows),
        as_json=options.json,
    )
    return Exit.FAILED if rows else Exit.OK


def _manifest(settings: Settings, connection: str) -> Manifest | None:
    """What the books behind a connection can do; None where there are none."""
    known = settings.connections.get(connection)
    return known.sink.manifest if known and known.sink else None


def _chosen(
    rows: list[FindingRow], verb: Verb, number: int | None, *, everything: bool
) -> list[FindingRow]:
    if verb == "list":
        return []
    if everything and verb == "retry":
        return rows
    chosen = [row for row in rows if row.id == number]
    if not chosen:
        problem = Problem(
            path=f"findings {verb}",
            message=f"there is no finding {number}" if number is not None else "which finding?",
            hint="`subledger findings` lists them with their numbers.",
        )
        raise ConfigError([problem])
    return chosen


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
        "total": Money(row.amount, row.currency).text() if row.currency else "",
        "states": row.states.split(",") if row.states else [],
    }


def print_findings(out: "Console", rows: list[FindingRow]) -> None:
    """The findings as a table, each with its hint."""
    if not rows:
        out.print("Nothing needs your attention.")
        return
    cells = [
        (
            row.id,
            row.records or "",
            Money(row.amount, row.currency).text() if row.currency else "",
            row.states.replace(",", ", "),
            f"{row.message}\n{row.hint}",
        )
        for row in rows
    ]
    out.print(table(("no.", "records", "total", "state", "cause and way out"), cells))


def _money(record: dict[str, object]) -> str:
    return Money(int(str(record["amount"] or 0)), str(record["currency"] or "USD")).text()


def _print_records(out: "Console", records: list[dict[str, object]]) -> None:
    rows = [
        (
            *(r["kind"], r["id"], r["state"], r["date"]),
            *(_money(r), r["same"] or ""),
        )
        for r in records
    ]
    out.print(table(("kind", "record", "state", "date", "amount", "in the books"), rows))

"""`subledger findings`: what a person should see, and the ways out: retry, skip and link."""

import asyncio
import getpass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from cyclopts import Parameter

from subledger.cli.context import open_settings
from subledger.cli.exits import Exit
from subledger.cli.finding_text import (
    finding_document,
    print_findings,
    print_records,
    record_document,
)
from subledger.cli.opening import open_kernel
from subledger.cli.options import ConfigOptions
from subledger.cli.output import counted, show
from subledger.config.settings import Settings
from subledger.errors import ConfigError, Problem
from subledger.flow import waysout
from subledger.flow.linking import Link, link
from subledger.ledger import findings as ledger
from subledger.ledger.findings import FindingRow
from subledger.manifest import Manifest

if TYPE_CHECKING:
    from rich.console import Console

Verb = Literal["list", "show", "retry", "skip", "link"]

_DONE: Final = {
    "retry": "tried again with the next run",
    "skip": "left out from now on",
    "link": "linked with what the books have",
}
_NOTHING: Final = (
    "Nothing to try again: what could not be read is read again when it changes in the source."
)
_STAYS: Final = "the finding is closed, what the books have stays as it is"
_CLOSED: Final = "Closed; it comes back where its cause remains."
_SHOWN: Final = 100
"""Records of a finding that are shown to a person; JSON has all of them."""


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
        list, show (one finding and its records), retry, skip, or link.
    number
        The number of the finding.
    everything
        With retry: all findings.
    reason
        With skip: why, for the audit trail.
    record
        With link: the one record of the finding, by its identifier; all by default.
    to
        With link: the identifier in the books; by default what the books named.
    type
        With link: the books' own word for that document, such as Invoice.
    """
    settings = open_settings(options)

    async def work() -> tuple[list[FindingRow], list[dict[str, Any]], int]:
        async with open_kernel(settings) as kernel:
            store, now, who = kernel.store, kernel.now_ms(), getpass.getuser()
            changed = 0
            rows = _of_today(settings, await store.read(ledger.listing, list(settings.flows)))
            chosen = _chosen(rows, verb, number, everything=everything)
            records: list[dict[str, Any]] = []
            if verb == "show":
                most = max(chosen[0].records, 1) if options.json else _SHOWN
                found = await store.read(ledger.records_of, chosen[0].id, most)
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
            return rows if verb == "list" else chosen, records, changed

    rows, records, changed = asyncio.run(work())
    if verb in _DONE:
        show(
            {"changed": changed},
            lambda out: out.print(_done(verb, rows, changed)),
            as_json=options.json,
        )
        return Exit.OK
    if verb == "show":
        (finding,) = rows
        show(
            {
                "finding": finding_document(finding),
                "records": [record_document(record) for record in records],
            },
            lambda out: _print_one(out, finding, records),
            as_json=options.json,
        )
        return Exit.OK
    show(
        {"findings": [finding_document(row) for row in rows]},
        lambda out: print_findings(out, rows),
        as_json=options.json,
    )
    return Exit.FAILED if rows else Exit.OK


def _done(verb: Verb, rows: list[FindingRow], changed: int) -> str:
    if verb == "skip" and all(row.states == "posted" for row in rows):
        return f"{counted(changed, 'record')}: {_STAYS}."
    if changed or not rows:
        return f"{counted(changed, 'record')}: {_DONE[verb]}."
    return _NOTHING if any(row.records for row in rows) else _CLOSED


def _print_one(out: "Console", finding: FindingRow, records: list[dict[str, Any]]) -> None:
    print_findings(out, [finding], detailed=True)
    if records:
        out.print()
        print_records(out, records, finding.records)


def _of_today(settings: Settings, rows: list[FindingRow]) -> list[FindingRow]:
    """Without those of connections that are no longer configured: nothing can be done there."""
    return [row for row in rows if row.flow or row.connection in settings.connections]


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
    if verb == "link" and not chosen[0].flow:
        problem = Problem(
            path=f"findings {verb}",
            message=f"finding {number} is about {chosen[0].subject}, not about records",
            hint="Only records can be linked.",
        )
        raise ConfigError([problem])
    return chosen

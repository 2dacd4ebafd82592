"""`subledger status`: what runs, what waits, and the proof of agreement."""

import asyncio
import datetime as dt
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from subledger.cli.context import open_settings
from subledger.cli.exits import Exit
from subledger.cli.opening import flows_named, open_kernel
from subledger.cli.options import ConfigOptions
from subledger.cli.output import moment, shortened, show, table
from subledger.config import FlowSettings, Settings
from subledger.errors import ConfigError, Problem
from subledger.flow.proof import BUCKETS, Proof, prove
from subledger.kernel import Kernel
from subledger.ledger import leases
from subledger.store.moments import from_ms, to_ms
from subledger.store.schema import CONNECTION, FLOW

if TYPE_CHECKING:
    from rich.console import Console

_LATE = dt.timedelta(minutes=5)


def status(
    *flows: str,
    since: dt.date | None = None,
    until: dt.date | None = None,
    options: ConfigOptions = ConfigOptions(),  # noqa: B008 - a frozen value
) -> int:
    """Show what runs and what waits, and prove that every cent is accounted for.

    Parameters
    ----------
    flows
        The flows to show; all by default.
    since
        First posting date of the proof; records that have no date are always in it.
    until
        Last posting date of the proof.
    """
    if since and until and since > until:
        problem = Problem(path="--since", message=f"{since} is after --until {until}")
        raise ConfigError([problem])
    settings = open_settings(options)
    names = flows_named(settings, flows)

    async def look() -> tuple[list[Proof], dict[str, Any], dict[str, Any]]:
        async with open_kernel(settings) as kernel:
            proofs = [
                await kernel.store.read(
                    prove,
                    name,
                    settings.flows[name].source,
                    settings.flows[name].sink,
                    since=since.isoformat() if since else "",
                    until=until.isoformat() if until else "9999",
                    currency=settings.flows[name].currency,
                )
                for name in names
            ]
            flows_now = await kernel.store.read(_flows, kernel, names)
            return proofs, flows_now, await kernel.store.read(_connections, settings)

    proofs, flow_rows, connections = asyncio.run(look())
    document = {
        "flows": {
            proof.flow: {**flow_rows[proof.flow], "proof": proof_document(proof)}
            for proof in proofs
        },
        "connections": connections,
    }
    show(document, lambda out: _print(out, document, proofs), as_json=options.json)
    return Exit.OK if all(proof.agrees for proof in proofs) else Exit.FAILED


def proof_document(proof: Proof) -> dict[str, object]:
    """A proof for a JSON document; amounts are plain decimal texts."""
    return {
        "records": proof.records,
        "currency": proof.source.currency,
        "source_total": proof.source.text(),
        **{
            name: {"records": bucket.records, "total": bucket.total.text()}
            for name, bucket in proof.buckets.items()
        },
        "by_account": {
            name: {"records": bucket.records, "total": bucket.total.text()}
            for name, bucket in proof.by_account.items()
        },
        "difference": proof.difference.text(),
        "without_amount": proof.without_amount,
        "undone": list(proof.undone),
        "agrees": proof.agrees,
    }


def _flows(c: sa.Connection, kernel: Kernel, names: list[str]) -> dict[str, Any]:
    now = kernel.now_ms()
    stored = {row.name: row for row in c.execute(sa.select(FLOW))}
    return {
        name: _flow(kernel.settings.flows[name], stored.get(name), now)
        | {"running": leases.holder(c, f"flow:{name}", now) is not None}
        for name in names
    }


def _flow(flow: FlowSettings, row: sa.Row[Any] | None, now: int) -> dict[str, Any]:
    due = row.next_due if row else None
    late = max(0, now - due) if due and not (row and row.paused) else 0
    return {
        "source": flow.source,
        "sink": flow.sink,
        "paused": bool(row and row.paused),
        "last_run": moment(row.finished if row else None),
        "next_run": moment(due),
        "late_seconds": late // 1000 if late > to_ms(from_ms(0) + _LATE) else 0,
        "error": row.error if row else "",
    }


def _connections(c: sa.Connection, settings: Settings) -> dict[str, Any]:
    stored = {row.name: row for row in c.execute(sa.select(CONNECTION))}
    found = {}
    for name, connection in settings.connections.items():
        row = stored.get(name)
        found[name] = {
            "connector": connection.connector,
            "last_seen": moment(row.last_seen if row else None),
            "lists_read": moment(row.lists_read if row else None),
            "closing_date": row.closing_date if row else "",
            "paused": row.paused if row else "",
        }
    return found


def _print(out: "Console", document: dict[str, Any], proofs: list[Proof]) -> None:
    rows = [
        (
            name,
            "paused" if flow["paused"] else "running" if flow["running"] else "",
            _without_zone(flow["last_run"]),
            _without_zone(flow["next_run"]),
            f"{flow['late_seconds']} s" if flow["late_seconds"] else "",
            flow["error"],
        )
        for name, flow in document["flows"].items()
    ]
    out.print(table(("flow", "", "last run (UTC)", "next run (UTC)", "late", "error"), rows))
    out.print()
    rows = [
        (
            *(name, c["connector"]),
            *(_without_zone(c["last_seen"]), _without_zone(c["lists_read"])),
            *(c["closing_date"], c["paused"]),
        )
        for name, c in document["connections"].items()
    ]
    columns = ("last seen (UTC)", "lists read (UTC)", "closed until", "paused")
    out.print(table(("connection", "connector", *columns), rows))
    for proof in proofs:
        out.print()
        print_proof(out, proof)


def _without_zone(text: str) -> str:
    return text.removesuffix(" UTC")


def print_proof(out: "Console", proof: Proof) -> None:
    """The proof of one flow as a table that adds up."""
    rows: list[tuple[object, ...]] = [("source", proof.records, f"{proof.source.amount:,}")]
    rows += [
        (name, proof.buckets[name].records, f"{proof.buckets[name].total.amount:,}")
        for name in BUCKETS
    ]
    rows.append(("difference", "", f"{proof.difference.amount:,}"))
    out.print(f"Flow {proof.flow}: every record and every cent")
    out.print(table(("", "records", "total"), rows))
    if proof.without_amount:
        out.print(f"{proof.without_amount} records have no amount that can be read.")
    if proof.undone:
        out.print(f"Held, since their documents were taken out again: {shortened(proof.undone)}.")

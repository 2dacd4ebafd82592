"""Preview: the same flow, stopped at seam 2, on a copy of the store that is thrown away."""

import sqlite3
from typing import Any, cast

import sqlalchemy as sa
from attrs import evolve, frozen

from subledger.errors import ContractBroken, RecordRejected
from subledger.findings import Finding
from subledger.flow.dispatch import Progress
from subledger.flow.runs import RunReport
from subledger.flow.trouble import mishap
from subledger.kernel import Kernel
from subledger.ledger import findings
from subledger.ledger.effects import State
from subledger.ledger.findings import FindingRow
from subledger.manifest import Operation
from subledger.model.kinds import Kind
from subledger.model.marker import marker
from subledger.model.stored import load
from subledger.money import Money
from subledger.ports import Delivery, Preview
from subledger.store import Store
from subledger.store.engine import InlineWriter, make_engine
from subledger.store.schema import EFFECT, METADATA


@frozen(kw_only=True)
class PlannedDocument:
    """One document that would go to the books; ``preview`` None where it cannot be written."""

    flow: str
    kind: Kind
    record: str
    operation: Operation
    date: str
    amount: Money | None
    preview: Preview | None
    problem: Finding | None = None


@frozen(kw_only=True)
class FlowPreview:
    """What a run of a flow would do, and what would wait."""

    report: RunReport
    documents: tuple[PlannedDocument, ...]
    findings: tuple[FindingRow, ...]


async def copy_store(store: Store) -> Store:
    """A copy of a store in memory; whatever is done to it is gone with it."""
    engine = make_engine(":memory:")

    def copy(c: sa.Connection) -> None:
        source = cast("sqlite3.Connection", c.connection.driver_connection)
        with engine.connect() as connection:
            target = cast("sqlite3.Connection", connection.connection.driver_connection)
            if store.reader is None:  # one connection, which is writing: a backup would wait for it
                target.deserialize(source.serialize())
            else:
                source.backup(target)

    await store.read(copy)
    METADATA.create_all(engine)
    return Store(InlineWriter(engine))


async def preview(kernel: Kernel, flow: str, progress: Progress) -> FlowPreview:
    """Runs a flow on a copy of the store and tells what it planned; writes nothing."""
    copy = await copy_store(kernel.store)
    trial = Kernel(
        *(kernel.settings, copy, kernel.runtime, kernel.log, f"{kernel.owner} preview"),
        lender=kernel,
    )
    try:
        report = await trial.run_flow(flow, "preview", progress)
        index = await trial.books(kernel.settings.flows[flow].sink)
        rows = await copy.read(_planned, flow)
        sink = kernel.settings.connections[kernel.settings.flows[flow].sink].sink
        documents = []
        for row in rows:
            document = _document(flow, row)
            try:
                shown = sink.preview(_delivery(row), index) if sink else None
            except RecordRejected as error:
                problem = Finding(
                    category=error.category, subject=error.field, message=error.message
                )
                documents.append(evolve(document, problem=problem))
            except ContractBroken as error:
                problem = mishap(f"{row.kind} {row.record}", "", error)
                documents.append(evolve(document, problem=problem))
            else:
                documents.append(evolve(document, preview=shown))
        found = await copy.read(findings.listing, [flow])
    finally:
        copy.close()
    return FlowPreview(report=report, documents=tuple(documents), findings=tuple(found))


def _planned(c: sa.Connection, flow: str) -> list[sa.Row[Any]]:
    return list(
        c.execute(
            sa.select(EFFECT)
            .where(EFFECT.c.flow == flow, EFFECT.c.state.in_([State.PLANNED, State.HELD]))
            .order_by(EFFECT.c.priority, EFFECT.c.date, EFFECT.c.id)
        )
    )


def _document(flow: str, row: sa.Row[Any]) -> PlannedDocument:
    return PlannedDocument(
        flow=flow,
        kind=Kind(row.kind),
        record=row.record,
        operation=Operation(row.operation),
        date=row.date,
        amount=None if row.amount is None else Money(row.amount, row.currency),
        preview=None,
    )


def _delivery(row: sa.Row[Any]) -> Delivery:
    kind = Kind(row.kind)
    return Delivery(
        effect=row.id,
        kind=kind,
        operation=Operation(row.operation),
        key=row.key,
        attempt_key=row.key,
        marker=marker(kind, row.record),
        entity=load(row.entity),
    )

"""`subledger undo`: takes out of the books again what a flow put there."""

import asyncio
import getpass
from functools import partial
from typing import TYPE_CHECKING

from subledger.cli.context import open_settings
from subledger.cli.exits import Exit
from subledger.cli.opening import flows_named, open_kernel
from subledger.cli.options import ConfigOptions
from subledger.cli.output import amount, counted, shortened, show, table
from subledger.config import Settings
from subledger.errors import ConfigError, Problem
from subledger.flow.planned import RunRow, recent_runs
from subledger.flow.undo import Action, Undo, UndoStep, look
from subledger.flow.undo import undo as plan
from subledger.store.moments import from_ms

if TYPE_CHECKING:
    from rich.console import Console

_WORDS = {
    Action.DELETE: "delete",
    Action.VOID: "void",
    Action.RESTORE: "as it was before",
    Action.WITHDRAW: "do not send",
    Action.LEAVE: "stays",
}


def undo(
    flow: str,
    /,
    *records: str,
    run: int | None = None,
    void: bool = False,
    reason: str = "",
    yes: bool = False,
    options: ConfigOptions = ConfigOptions(),  # noqa: B008 - a frozen value
) -> int:
    """Take documents out of the books again: some records, or all that a run brought.

    Shows what would happen; with --yes it is planned, and goes with the next delivery. What is
    undone stays out until its finding is retried. Without records and run, the runs are listed.

    Parameters
    ----------
    flow
        The flow that posted them.
    records
        Records as KIND/ID, such as invoice/4711.
    run
        The number of a run: everything that it planned.
    void
        Keep documents at zero where the books can do that, instead of deleting them.
    reason
        Why, for the audit trail.
    yes
        Do it.
    """
    settings = open_settings(options)
    flows_named(settings, (flow,))
    if not records and run is None:
        return _runs(settings, flow, options)
    wanted = _wanted(settings, flow, records, run, void=void)

    async def work() -> list[UndoStep]:
        async with open_kernel(settings) as kernel:
            if not yes:
                return await kernel.store.read(look, wanted)
            who = getpass.getuser()
            by = partial(plan, owner=kernel.owner, now=kernel.now_ms(), who=who, reason=reason)
            return await kernel.store.tx(by, wanted)

    steps = asyncio.run(work())
    show(
        {"flow": flow, "planned": yes, "steps": [_document(step) for step in steps]},
        lambda out: _print(out, wanted, steps, planned=yes),
        as_json=options.json,
    )
    left = sum(step.action is Action.LEAVE for step in steps)
    return Exit.PARTIAL if left else Exit.OK


def _wanted(
    settings: Settings, flow: str, records: tuple[str, ...], run: int | None, *, void: bool
) -> Undo:
    named = [record.partition("/") for record in records]
    problems = [
        Problem(path=record, message="this is not a record", hint="Write KIND/ID: invoice/4711.")
        for record, (kind, _slash, identifier) in zip(records, named, strict=True)
        if not (kind and identifier)
    ]
    if records and run is not None:
        problems.append(Problem(path="undo", message="give records or --run, not both"))
    if problems:
        raise ConfigError(problems)
    chosen = settings.flows[flow]
    sink = settings.connections[chosen.sink].sink
    if sink is None:
        raise TypeError(f"{chosen.sink} is not a sink")
    return Undo(
        flow=flow,
        source=chosen.source,
        sink=chosen.sink,
        manifest=sink.manifest,
        records=[(kind, identifier) for kind, _slash, identifier in named],
        run=run,
        void=void,
    )


def _runs(settings: Settings, flow: str, options: ConfigOptions) -> int:
    async def work() -> list[RunRow]:
        async with open_kernel(settings) as kernel:
            return await kernel.store.read(recent_runs, flow)

    runs = asyncio.run(work())
    show(
        {
            "flow": flow,
            "runs": [
                {
                    "run": row.number,
                    "started": from_ms(row.started).isoformat(),
                    "state": row.state,
                    "planned": row.planned,
                }
                for row in runs
            ],
        },
        lambda out: _print_runs(out, flow, runs),
        as_json=options.json,
    )
    return Exit.OK


def _print_runs(out: "Console", flow: str, runs: list[RunRow]) -> None:
    if not runs:
        out.print(f"No run of {flow} has planned anything.")
        return
    rows = [(r.number, f"{from_ms(r.started):%Y-%m-%d %H:%M}", r.state, r.planned) for r in runs]
    out.print(table(("run", "began (UTC)", "state", "records"), rows))
    out.print(f"`subledger undo {flow} --run {runs[0].number}` shows what that would undo.")


def _document(step: UndoStep) -> dict[str, object]:
    return {
        "record": f"{step.kind}/{step.record}",
        "action": step.action.value,
        "why": step.why,
        "date": step.date,
        "amount": step.amount.text() if step.amount is not None else "",
        "document": step.type,
        "id": step.target,
        "resting": list(step.resting),
    }


def _told(step: UndoStep) -> str:
    """What is done, and what the accountant has to know of it."""
    if step.resting:
        return f"{_WORDS[step.action]}; {shortened(step.resting)} rests on it, and stays"
    return f"{_WORDS[step.action]}: {step.why}" if step.why else _WORDS[step.action]


def _print(out: "Console", wanted: Undo, steps: list[UndoStep], *, planned: bool) -> None:
    if not steps:
        out.print(f"Nothing of {wanted.subject} is there to be undone.")
        return
    rows = [
        (
            *(step.date, f"{step.kind} {step.record}", f"{step.type} {step.target}".strip()),
            amount(step.amount),
            _told(step),
        )
        for step in steps
    ]
    out.print(table(("date", "record", "in the books", "amount", "undo"), rows))
    left = sum(step.action is Action.LEAVE for step in steps)
    count = len(steps) - left
    if not planned:
        out.print(
            f"{counted(count, 'record')} would be undone, {left} would stay. "
            "Nothing was written; --yes does it."
        )
        return
    out.print(
        f"{counted(count, 'record')} will be undone with the next delivery, {left} will stay."
    )
    if count:
        out.print(
            "What the books refuse becomes a finding. What was undone is one, too: there, "
            "`retry` posts it again."
        )

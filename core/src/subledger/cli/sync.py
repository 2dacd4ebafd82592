"""`subledger sync`: reads the sources, plans documents, and delivers to books that are called."""

import asyncio
import sys
from typing import TYPE_CHECKING

from attrs import asdict

from subledger.cli.context import open_settings
from subledger.cli.exits import Exit
from subledger.cli.opening import flows_named, open_kernel
from subledger.cli.options import ConfigOptions
from subledger.cli.output import console, show, table
from subledger.config import Settings
from subledger.flow.dispatch import DispatchReport, Progress
from subledger.flow.runs import RunReport

if TYPE_CHECKING:
    from rich.console import Console

_FAILED = frozenset({"failed"})


def sync(*flows: str, options: ConfigOptions = ConfigOptions()) -> int:  # noqa: B008 - frozen
    """Read the sources now, plan documents and deliver them; a stopped run goes on next time.

    Books that are called over the internet get their documents at once; QuickBooks Desktop fetches
    them with the Web Connector's next run.

    Parameters
    ----------
    flows
        The flows to run; all by default.
    """
    settings = open_settings(options)
    names = flows_named(settings, flows)

    async def run() -> tuple[list[RunReport], list[DispatchReport]]:
        async with open_kernel(settings) as kernel:
            with progress_bar(visible=not options.json) as progress:
                reports = [await kernel.run_flow(name, "by hand", progress) for name in names]
                sinks = dict.fromkeys(settings.flows[name].sink for name in names)
                pushed = [name for name in sinks if name in kernel.pushed()]
                return reports, [await kernel.dispatch(name, progress) for name in pushed]

    reports, deliveries = asyncio.run(run())
    show(
        {
            "runs": [_document(report) for report in reports],
            "deliveries": [asdict(delivery) for delivery in deliveries],
        },
        lambda out: _print(out, settings, reports, deliveries),
        as_json=options.json,
    )
    done: list[RunReport | DispatchReport] = [*reports, *deliveries]
    failed = [report for report in done if report.state in _FAILED]
    if not failed:
        return Exit.OK
    return Exit.REMOTE if len(failed) == len(done) else Exit.PARTIAL


def _document(report: RunReport) -> dict[str, object]:
    return {
        "flow": report.flow,
        "state": report.state,
        "read": report.read,
        "changed": report.changed,
        "planned": report.planned,
        "message": report.message,
        "hint": report.hint,
    }


def _print(
    out: "Console",
    settings: Settings,
    reports: list[RunReport],
    deliveries: list[DispatchReport],
) -> None:
    rows = [(r.flow, r.state, r.read, r.changed, r.planned, r.message) for r in reports]
    out.print(table(("flow", "state", "read", "changed", "planned", ""), rows))
    if deliveries:
        sent = [(d.connection, d.state, d.delivered, d.unknown, d.message) for d in deliveries]
        out.print(table(("books", "state", "delivered", "unknown", ""), sent))
    failed = {delivery.connection for delivery in deliveries if delivery.state in _FAILED}
    for report in reports:
        in_vain = report.state == "waiting" and settings.flows[report.flow].sink in failed
        if report.hint and not in_vain:
            out.print(f"{report.flow}: {report.hint}")
    for name in sorted(failed):
        out.print(f"{name}: `subledger findings` tells what to do.")


class progress_bar:  # noqa: N801 - reads as a function
    """A progress bar on standard error, where it is a terminal."""

    def __init__(self, *, visible: bool) -> None:
        self._visible = visible and sys.stderr.isatty()

    def __enter__(self) -> Progress:
        if not self._visible:
            return lambda _stage, _done, _of: None
        from rich.progress import Progress as Bar  # noqa: PLC0415 - only on a terminal

        self._bar = Bar(console=console(sys.stderr), transient=True)
        self._bar.start()
        self._tasks: dict[str, object] = {}
        return self._advance

    def _advance(self, stage: str, done: int, of: int) -> None:
        if stage not in self._tasks:
            self._tasks[stage] = self._bar.add_task(stage, total=of or None)
        self._bar.update(self._tasks[stage], completed=done, total=of or None)  # type: ignore[arg-type]

    def __exit__(self, *_error: object) -> None:
        if self._visible:
            self._bar.stop()

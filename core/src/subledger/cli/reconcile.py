"""`subledger reconcile`: reads the books back and compares them with what was posted."""

import asyncio
import time
from typing import TYPE_CHECKING

import sqlalchemy as sa

from subledger.cli.context import open_settings
from subledger.cli.exits import Exit
from subledger.cli.opening import flows_named, open_kernel
from subledger.cli.options import ConfigOptions
from subledger.cli.output import shortened, show, table
from subledger.flow import reconcile as flow_reconcile
from subledger.flow.reconcile import Comparison
from subledger.store.schema import QUESTION

if TYPE_CHECKING:
    from rich.console import Console

    from subledger.kernel import Kernel

_LOOK_EVERY = 0.5


def reconcile(
    *flows: str,
    wait: float = 0.0,
    options: ConfigOptions = ConfigOptions(),  # noqa: B008 - a frozen value
) -> int:
    """Read the documents back from the books and compare: missing, doubled, changed, deleted.

    Parameters
    ----------
    flows
        The flows to reconcile; all by default.
    wait
        Seconds to wait for the answer: QuickBooks Desktop answers in the Web Connector's next
        session, books that are called answer at once.
    """
    settings = open_settings(options)
    names = flows_named(settings, flows)

    async def work() -> tuple[list[Comparison], list[str], list[Comparison], dict[str, str]]:
        async with open_kernel(settings) as kernel:
            asked = {}
            for name in names:
                flow = settings.flows[name]
                for account in flow.plan.accounts:
                    question = await kernel.ask_for_documents(flow, account)
                    if question is not None:
                        asked[question] = name
            sinks = {settings.flows[name].sink for name in names} & {*kernel.pushed()}
            reports = [await kernel.dispatch(sink) for sink in sorted(sinks)]
            failed = {
                report.connection: report.message for report in reports if report.state == "failed"
            }
            open_ones = await _wait(kernel, asked, wait)
            comparisons = [
                comparison
                for question in asked
                if question not in open_ones
                and (
                    comparison := await kernel.store.tx(
                        flow_reconcile.compare, question, kernel.now_ms()
                    )
                )
            ]
            waiting = sorted({asked[question] for question in open_ones})
            earlier = [found for name in waiting for found in await _last(kernel, name)]
            return comparisons, waiting, earlier, failed

    comparisons, waiting, earlier, failed = asyncio.run(work())
    unanswered = {name: failed.get(settings.flows[name].sink, "") for name in waiting}
    show(
        {
            "comparisons": [comparison_document(comparison) for comparison in comparisons],
            "waiting": waiting,
            "failed": failed,
            "earlier": [comparison_document(comparison) for comparison in earlier],
        },
        lambda out: _print(out, comparisons, unanswered, earlier),
        as_json=options.json,
    )
    if not all(comparison.agrees for comparison in comparisons):
        return Exit.FAILED
    if failed and not comparisons:
        return Exit.REMOTE
    return Exit.PARTIAL if waiting else Exit.OK


async def _wait(kernel: "Kernel", asked: dict[int, str], seconds: float) -> set[int]:
    ends = time.monotonic() + seconds
    while True:
        still = await kernel.store.tx(_open, set(asked))
        if not still or time.monotonic() >= ends:
            return still
        await kernel.runtime.sleep(_LOOK_EVERY)


def _open(c: sa.Connection, questions: set[int]) -> set[int]:
    rows = c.execute(
        sa.select(QUESTION.c.id).where(QUESTION.c.id.in_(questions), QUESTION.c.state == "open")
    )
    return {row.id for row in rows}


def comparison_document(comparison: Comparison) -> dict[str, object]:
    """A comparison for a JSON document."""
    return {
        "connection": comparison.connection,
        "account": comparison.account,
        "currency": comparison.books_total.currency,
        "since": comparison.since,
        "until": comparison.until,
        "posted": comparison.posted,
        "posted_total": comparison.posted_total.text(),
        "books_total": comparison.books_total.text(),
        "matched": comparison.matched,
        "missing": list(comparison.missing),
        "doubled": list(comparison.doubled),
        "changed": list(comparison.changed),
        "deleted": list(comparison.deleted),
        "not_ours": {
            "documents": comparison.foreign,
            "total": comparison.foreign_total.text(),
        },
        "removed": comparison.removed,
        "ours_of_other_accounts": {
            "documents": comparison.elsewhere,
            "total": comparison.elsewhere_total.text(),
        },
        "agrees": comparison.agrees,
    }


async def _last(kernel: "Kernel", name: str) -> list[Comparison]:
    flow = kernel.settings.flows[name]
    found = [
        await kernel.store.tx(flow_reconcile.last, flow.sink, account)
        for account in flow.plan.accounts
    ]
    return [comparison for comparison in found if comparison is not None]


def _print(
    out: "Console",
    comparisons: list[Comparison],
    waiting: dict[str, str],
    earlier: list[Comparison],
) -> None:
    for comparison in comparisons:
        print_comparison(out, comparison)
    for name, why in waiting.items():
        out.print(
            f"{name}: the books did not answer. {why} `subledger findings` tells what to do."
            if why
            else f"{name}: the question waits for the next session with the books; "
            "run this again later, or use --wait."
        )
    if earlier:
        out.print("\nThe last comparison:")
    for comparison in earlier:
        print_comparison(out, comparison)
    if not comparisons and not waiting:
        out.print("Nothing has been posted yet.")


def _elsewhere(comparison: Comparison) -> list[tuple[str, int, str]]:
    if not comparison.elsewhere:
        return []
    total = f"{comparison.elsewhere_total.amount:,}"
    return [("ours, posted on another account", comparison.elsewhere, total)]


def print_comparison(out: "Console", comparison: Comparison) -> None:
    """One comparison as a table."""
    verdict = "agrees" if comparison.agrees else "DOES NOT AGREE"
    out.print(
        f"{comparison.account} in {comparison.connection}, "
        f"{comparison.since} to {comparison.until}: {verdict}"
    )
    rows = [
        ("posted by us", comparison.posted, f"{comparison.posted_total.amount:,}"),
        ("found unchanged in the books", comparison.matched, ""),
        ("missing", len(comparison.missing), shortened(comparison.missing)),
        ("doubled", len(comparison.doubled), shortened(comparison.doubled)),
        ("changed", len(comparison.changed), shortened(comparison.changed)),
        ("deleted", len(comparison.deleted), shortened(comparison.deleted)),
        ("voided by us", comparison.removed, ""),
        ("in the books, not ours", comparison.foreign, f"{comparison.foreign_total.amount:,}"),
        *_elsewhere(comparison),
        ("the books' total", "", f"{comparison.books_total.amount:,}"),
    ]
    out.print(table(("", "documents", ""), rows))

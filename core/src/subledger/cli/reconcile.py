"""`subledger reconcile`: reads the books back and compares them with what was posted."""

import asyncio
import time
from typing import TYPE_CHECKING

import sqlalchemy as sa
from attrs import frozen

from subledger.cli.context import open_settings
from subledger.cli.exits import Exit
from subledger.cli.opening import flows_named, open_kernel
from subledger.cli.options import ConfigOptions
from subledger.cli.output import ended, moment, shortened, show, table
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

    async def work() -> _ReadBack:
        async with open_kernel(settings) as kernel:
            return await _read_back(kernel, names, wait)

    found = asyncio.run(work())
    show(
        {
            "comparisons": [comparison_document(comparison) for comparison in found.comparisons],
            "waiting": list(found.waiting),
            "failed": found.failed,
            "earlier": [comparison_document(comparison) for comparison in found.earlier],
        },
        lambda out: _print(out, found),
        as_json=options.json,
    )
    if not all(comparison.agrees for comparison in found.comparisons):
        return Exit.FAILED
    if found.failed and not found.comparisons:
        return Exit.REMOTE
    return Exit.PARTIAL if found.waiting else Exit.OK


@frozen(kw_only=True)
class _ReadBack:
    """What the books answered.

    ``waiting`` are flows whose question is open, with what kept the books from answering, empty
    where it is only not their turn yet; ``called`` are those into books that the kernel calls;
    ``earlier`` are the last comparisons of these flows, and ``failed`` the books that could not
    be asked, each with the reason.
    """

    comparisons: list[Comparison]
    waiting: dict[str, str]
    called: frozenset[str]
    earlier: list[Comparison]
    failed: dict[str, str]


async def _read_back(kernel: "Kernel", names: list[str], wait: float) -> _ReadBack:
    flows = {name: kernel.settings.flows[name] for name in names}
    asked = {}
    for name, flow in flows.items():
        for account in flow.plan.accounts:
            question = await kernel.ask_for_documents(flow, account)
            if question is not None:
                asked[question] = name
    sinks = {flow.sink for flow in flows.values()} & {*kernel.pushed()}
    reports = [await kernel.dispatch(sink) for sink in sorted(sinks)]
    failed = {report.connection: report.message for report in reports if report.state == "failed"}
    open_ones = await _wait(kernel, asked, wait)
    comparisons = []
    for question in [number for number in asked if number not in open_ones]:
        comparison = await kernel.store.tx(flow_reconcile.compare, question, kernel.now_ms())
        if comparison is not None:
            comparisons.append(comparison)
    waiting = sorted({asked[question] for question in open_ones})
    return _ReadBack(
        comparisons=comparisons,
        waiting={name: failed.get(flows[name].sink, "") for name in waiting},
        called=frozenset(name for name in waiting if flows[name].sink in sinks),
        earlier=[found for name in waiting for found in await _last(kernel, name)],
        failed=failed,
    )


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
        "made": moment(comparison.made),
    }


async def _last(kernel: "Kernel", name: str) -> list[Comparison]:
    flow = kernel.settings.flows[name]
    found = [
        await kernel.store.tx(flow_reconcile.last, flow.sink, account)
        for account in flow.plan.accounts
    ]
    return [comparison for comparison in found if comparison is not None]


def _print(out: "Console", found: _ReadBack) -> None:
    for comparison in found.comparisons:
        print_comparison(out, comparison)
    for name, why in found.waiting.items():
        out.print(
            f"{name}: the books did not answer: {ended(why)} `subledger findings` tells what to do."
            if why
            else f"{name}: the question waits for the next "
            f"{'delivery' if name in found.called else 'session with the books'}; "
            "run this again later, or use --wait."
        )
    for comparison in found.earlier:
        made = moment(comparison.made)
        out.print(f"\nThe last comparison{f', made {made}' if made else ''}:")
        print_comparison(out, comparison)
    if not found.comparisons and not found.waiting:
        out.print("Nothing to compare: nothing of these flows stands in the books now.")


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

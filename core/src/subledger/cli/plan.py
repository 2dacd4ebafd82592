"""`subledger plan`: the exact documents and postings, and nothing written."""

import asyncio
from typing import TYPE_CHECKING

from subledger.cli.context import open_settings
from subledger.cli.exits import Exit
from subledger.cli.finding_text import finding_document, print_findings
from subledger.cli.opening import flows_named, open_kernel
from subledger.cli.options import ConfigOptions
from subledger.cli.output import amount, counted, ended, show, table
from subledger.cli.sync import progress_bar
from subledger.errors import ConfigError, Problem
from subledger.preview import FlowPreview, PlannedDocument, preview

if TYPE_CHECKING:
    from rich.console import Console


def plan(
    *flows: str,
    limit: int = 20,
    options: ConfigOptions = ConfigOptions(),  # noqa: B008 - a frozen value
) -> int:
    """Preview what would be posted: documents, lines, accounts, amounts. Writes nothing.

    Parameters
    ----------
    flows
        The flows to preview; all by default.
    limit
        Documents to show in full, 0 for all; --json always has all.
    """
    if limit < 0:
        problem = Problem(path="--limit", message=f"{limit} is no number of documents")
        raise ConfigError([problem])
    settings = open_settings(options)
    names = flows_named(settings, flows)

    async def work() -> list[FlowPreview]:
        async with open_kernel(settings) as kernel:
            with progress_bar(visible=not options.json) as progress:
                return [await preview(kernel, name, progress) for name in names]

    previews = asyncio.run(work())
    show(
        {"flows": {found.report.flow: _document(found) for found in previews}},
        lambda out: _print(out, previews, limit),
        as_json=options.json,
    )
    if any(found.report.state == "failed" for found in previews):
        return Exit.REMOTE
    return Exit.PARTIAL if any(found.report.state == "waiting" for found in previews) else Exit.OK


def _document(found: FlowPreview) -> dict[str, object]:
    return {
        "state": found.report.state,
        "message": found.report.message,
        "hint": found.report.hint,
        "documents": [_planned(document) for document in found.documents],
        "findings": [finding_document(row) | {"number": None} for row in found.findings],
    }


def _planned(document: PlannedDocument) -> dict[str, object]:
    shown = document.preview
    return {
        "record": f"{document.kind} {document.record}",
        "operation": document.operation.value,
        "date": document.date,
        "amount": document.amount.text() if document.amount else "",
        "document": shown.type if shown else "",
        "party": shown.party if shown else "",
        "number": shown.number if shown else "",
        "memo": shown.memo if shown else "",
        "postings": [
            {
                "account": posting.account,
                "debit": posting.amount.text() if posting.amount.minor > 0 else "",
                "credit": (-posting.amount).text() if posting.amount.minor < 0 else "",
                "class": posting.class_,
                "customer": posting.customer,
            }
            for posting in (shown.postings if shown else ())
        ],
        "warnings": [warning.message for warning in (shown.warnings if shown else ())],
        "problem": document.problem.message if document.problem else "",
    }


def _print(out: "Console", previews: list[FlowPreview], limit: int) -> None:
    for found in previews:
        count = len(found.documents)
        out.print(f"Flow {found.report.flow}: {counted(count, 'document')} would go to the books.")
        if found.report.message:
            out.print(f"{ended(found.report.message)} {found.report.hint}")
        shown = found.documents[: limit or count]
        rows = [row for document in shown for row in _rows(document)]
        if rows:
            columns = ("date", "document", "payee", "account", "debit", "credit", "class")
            out.print(table(columns, rows))
        if count > len(shown):
            out.print(f"... and {count - len(shown)} more; --limit 0 shows all.")
        out.print()
        print_findings(out, found.findings, numbered=False)
    out.print("Nothing was written.")


def _rows(document: PlannedDocument) -> list[tuple[object, ...]]:
    shown = document.preview
    if shown is None:
        reason = document.problem.message if document.problem else ""
        return [(document.date, document.operation.value, reason)]
    head = (document.date, f"{document.operation.value} {shown.type}", shown.party)
    if not shown.postings:
        return [head]
    lines: list[tuple[object, ...]] = []
    for index, posting in enumerate(shown.postings):
        start = head if index == 0 else ("", "", "")
        debit = posting.amount.minor > 0
        sides = (amount(posting.amount), "") if debit else ("", amount(-posting.amount))
        lines.append((*start, posting.account, *sides, posting.class_))
    return lines

"""`subledger demo`: the main job on this machine, with simulated outside systems."""

import asyncio
import datetime as dt
import tempfile
import time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import frozen

from subledger.cli import scenario as scenarios
from subledger.cli.exits import Exit
from subledger.cli.finding_text import finding_document, print_findings
from subledger.cli.options import Options
from subledger.cli.output import counted, show, table
from subledger.cli.reconcile import comparison_document, print_comparison
from subledger.cli.stage import Narrator, Played, Stage
from subledger.cli.status import print_proof, proof_document
from subledger.errors import ConfigError, Problem
from subledger.money import total

if TYPE_CHECKING:
    from rich.console import Console

_AGREES: Final = "Every cent is accounted for"
_OPEN_PERIOD: Final = dt.timedelta(days=330)


def demo(
    *,
    transactions: int | None = None,
    keep: Path | None = None,
    scenario: str = "cards-desktop",
    options: Options = Options(),  # noqa: B008 - a frozen value
) -> int:
    """Show a year of a business arriving in the books, and prove every cent.

    Starts simulated outside systems and the server as real processes on this machine.

    Parameters
    ----------
    transactions
        How many transactions or invoices the simulated year has; each scenario has a default.
    keep
        New folder to keep the configuration, the database and, of QuickBooks Desktop, the books in.
    scenario
        What to show: cards-desktop, cards-online, psa-desktop, psa-online, or the path of a file
        of your own that describes it.
    """
    if problems := [*_not_kept(keep), *_too_few(transactions)]:
        raise ConfigError(problems)
    chosen = scenarios.load(scenario)
    started = time.monotonic()
    today = dt.datetime.now(dt.UTC).date()
    names = {
        "records": str(chosen.records if transactions is None else transactions),
        "closing_date": (today - _OPEN_PERIOD).isoformat(),
        "here": scenarios.folder_of(scenario),
    }
    with tempfile.TemporaryDirectory(prefix="subledger-demo-") as temporary:
        folder = keep or Path(temporary)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            said = error.strerror or type(error).__name__
            problem = Problem(path="--keep", message=f"{folder} cannot be made: {said}")
            raise ConfigError([problem]) from error
        stage = Stage(chosen, folder.absolute(), Narrator(quiet=options.json), names)
        result = Result(asyncio.run(stage.play()))
    seconds = round(time.monotonic() - started, 1)
    document = {**result.summary(), "seconds": seconds}
    show(document, lambda out: _tell(out, result, seconds, keep), as_json=options.json)
    return Exit.OK if result.agrees else Exit.FAILED


def _not_kept(folder: Path | None) -> list[Problem]:
    """A folder whose files would be overwritten, or mixed with those of another demonstration."""
    there = sorted(path.name for path in folder.glob("subledger.*")) if folder else []
    if not there:
        return []
    message = f"{folder} holds {', '.join(there)} already"
    return [Problem(path="--keep", message=message, hint="Name a folder that is new or empty.")]


def _too_few(transactions: int | None) -> list[Problem]:
    if transactions is None or transactions >= 0:
        return []
    return [Problem(path="--transactions", message=f"{transactions} is no number of them")]


@frozen
class Result:
    """What the demonstration showed."""

    played: Played

    @property
    def agrees(self) -> bool:
        """Whether source, ledger and books agree to the cent, and the second sync was quiet."""
        return not self.differences and not self.played.second_run_posted

    @property
    def differences(self) -> tuple[str, ...]:
        """Where the source, our ledger and the books do not agree, each in a few words."""
        proof, found = self.played.proof, []
        if proof.difference:
            found.append(f"{proof.difference.text()} of the source's total is not accounted for")
        elif not proof.agrees:
            found.append("some of the source's records are counted twice or not at all")
        if proof.records and not proof.buckets["posted"].records:
            found.append(f"none of the {counted(proof.records, 'record')} is in the books")
        for one in self.played.comparisons:
            counts = [
                f"{len(labels)} {word}"
                for word, labels in (
                    *(("missing", one.missing), ("doubled", one.doubled)),
                    *(("changed", one.changed), ("deleted", one.deleted)),
                )
                if labels
            ]
            if counts:
                found.append(f"in {one.account}: {', '.join(counts)}")
        posted = proof.buckets["posted"].total
        compared = total([c.posted_total for c in self.played.comparisons], posted.currency)
        if compared != posted:
            found.append(
                f"{posted.text()} was posted, and the accounts of the flow show {compared.text()} "
                "of it"
            )
        return tuple(found)

    @property
    def verdict(self) -> str:
        """What it came to, and why."""
        found = list(self.differences)
        says = "THE BOOKS DO NOT AGREE" if found else "THE SECOND SYNC WAS NOT QUIET"
        if again := self.played.second_run_posted:
            found.append(
                f"the second sync posted {again} documents, although nothing should have changed "
                "in the source meanwhile"
            )
        return f"{says}: {'; '.join(found)}" if found else f"{_AGREES}{self._waiting}"

    @property
    def _waiting(self) -> str:
        buckets = self.played.proof.buckets
        names = ("held", "waiting", "rejected", "unknown")
        waiting = sum(buckets[name].records for name in names if name in buckets)
        return f"; not in the books: {counted(waiting, 'record')}" if waiting else ""

    def summary(self) -> dict[str, object]:
        """The one JSON object of ``--json``."""
        played, buckets = self.played, self.played.proof.buckets
        compared = played.comparisons
        documents = [comparison_document(comparison) for comparison in compared]
        books = total([c.books_total for c in compared], played.proof.source.currency)
        return {
            "records": played.proof.records,
            "posted": buckets["posted"].records,
            "held": buckets["held"].records + buckets["waiting"].records,
            "skipped": buckets["skipped"].records,
            "rejected": buckets["rejected"].records,
            "unknown": buckets["unknown"].records,
            "duplicates": sum(len(c.doubled) for c in compared),
            "missing": sum(len(c.missing) + len(c.deleted) for c in compared),
            "source_total": played.proof.source.text(),
            "posted_total": buckets["posted"].total.text(),
            "books_total": books.text(),
            "second_sync_posted": played.second_run_posted,
            "recovered": played.recovered,
            "agrees": self.agrees,
            "verdict": self.verdict,
            "proof": proof_document(played.proof),
            "reconciliation": documents[0] if documents else {},
            "reconciliations": documents,
            "trial_balance": dict(played.trial_balance),
            "findings": [finding_document(row) for row in played.findings],
        }


def _tell(out: "Console", result: Result, seconds: float, keep: Path | None) -> None:
    played = result.played
    out.print()
    out.print("What a bookkeeper should see:")
    print_findings(out, list(played.findings))
    out.print()
    print_proof(out, played.proof)
    for comparison in played.comparisons:
        out.print()
        print_comparison(out, comparison)
    out.print()
    out.print("Trial balance of the simulated company:")
    balances = {name: Decimal(text) for name, text in played.trial_balance.items()}
    rows = [(name, f"{balance:,}") for name, balance in balances.items() if balance]
    out.print(table(("account", "balance"), rows))
    out.print()
    out.print(f"The second sync posted {played.second_run_posted} documents.")
    out.print(f"{result.verdict}; the demonstration took {seconds} s.")
    where = f" in {keep}" if keep else ""
    others = ", ".join(scenarios.known())
    out.print(
        "\nWhat to try next:\n"
        f"  subledger demo --keep DIR           keep the database and the books{where}\n"
        f"  subledger demo --scenario NAME      another one of {others}\n"
        "  subledger init --help               write a configuration of your own\n"
        "  subledger plan --config FILE        preview documents, nothing written\n"
    )

"""What the contracts showed of a connector, as Markdown for its README."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, Literal

from attrs import frozen

BEGIN: Final = "<!-- contract -->"
END: Final = "<!-- end of contract -->"


@frozen(kw_only=True)
class Result:
    """The outcome of one test of a contract, or of one case of it.

    ``declared`` is what the subject says of itself; ``promise`` the test's own sentence. What was
    skipped is not shown; ``reason`` says what it lacks, or why it is exempt.
    """

    subject: str
    declared: Mapping[str, str]
    contract: str
    test: str
    case: str
    promise: str
    outcome: Literal["passed", "failed", "skipped", "exempt"]
    reason: str = ""


def markdown(results: Sequence[Result]) -> str:
    """A table of what is declared, and one of what was promised and shown, for each contract."""
    groups: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        groups.setdefault((result.subject, result.contract), []).append(result)
    return "\n".join(_group(*key, group) for key, group in sorted(groups.items()))


def _group(subject: str, contract: str, results: Sequence[Result]) -> str:
    tests: dict[str, list[Result]] = {}
    for result in results:
        tests.setdefault(result.test, []).append(result)
    exempt = sum(any(one.outcome == "exempt" for one in cases) for cases in tests.values())
    failed = sum(any(one.outcome == "failed" for one in cases) for cases in tests.values())
    unshown = sum(all(one.outcome == "skipped" for one in cases) for cases in tests.values())
    passed = len(tests) - exempt - failed - unshown
    found = f"{passed} of {len(tests)} promises kept, {exempt} exempt, {failed} broken"
    found += f", {unshown} not shown" if unshown else ""
    lines = [f"### {subject}: {contract}", "", f"{found}.", ""]
    if results[0].declared:
        lines += _table(("declared", ""), results[0].declared.items())
    lines += _table(
        ("promise", "shown"),
        ((_plain(cases[0].promise), _shown(cases)) for cases in tests.values()),
    )
    return "\n".join(lines)


def _table(head: tuple[str, str], rows: Iterable[tuple[str, str]]) -> list[str]:
    return [
        f"| {head[0]} | {head[1]} |",
        "| --- | --- |",
        *(f"| {left} | {right} |" for left, right in rows),
        "",
    ]


def _plain(text: str) -> str:
    return " ".join(text.split("\n\n", maxsplit=1)[0].split()).replace("|", "\\|")


def _shown(cases: Sequence[Result]) -> str:
    passed = sum(one.outcome == "passed" for one in cases)
    failed = [one.case or "failed" for one in cases if one.outcome == "failed"]
    exempt = [(one.case, one.reason) for one in cases if one.outcome == "exempt"]
    said = [f"yes ({passed} cases)" if passed > 1 else "yes"] if passed else []
    said += [f"**no**: {', '.join(failed)}"] if failed else []
    said += [f"exempt{f' ({case})' if case else ''}: {_plain(why)}" for case, why in exempt]
    skipped = {one.reason for one in cases if one.outcome == "skipped"}
    said += [": ".join(filter(None, ("not shown", _plain(why)))) for why in sorted(skipped)]
    return "; ".join(said)


def write(path: Path, results: Sequence[Result]) -> None:
    """Writes the report; in a file with the two marker lines, only between them."""
    text = markdown(results)
    if path.exists():
        before, begin, rest = path.read_text(encoding="utf-8").partition(BEGIN)
        _, end, after = rest.partition(END)
        if begin and end:
            text = f"{before}{begin}\n{text}{end}{after}"
    path.write_text(text, encoding="utf-8")

"""What must be true of every world once it has healed: it ends as if nothing had gone wrong."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from attrs import frozen

from subledger.flow.proof import Proof
from subledger.ledger.effects import State
from subledger.model.marker import marker, parse_marker
from subledger.testing.ledger import Effect, Record
from subledger.testing.outside import Written

QUIET: Final = frozenset({State.SETTLED, State.SUPERSEDED, State.REJECTED, State.HELD})
"""States in which an effect needs nobody's attention any more, or a person's only."""

_MARKER: Final = re.compile(r"sl:[A-Za-z0-9._~]+-[A-Za-z0-9._~-]+")


@frozen(kw_only=True)
class Result:
    """How a world ended: the books as they tell it themselves, and what our store says.

    ``findings`` are category and message of each.
    """

    documents: Sequence[Written]
    records: Sequence[Record]
    effects: Sequence[Effect]
    findings: Sequence[tuple[str, str]]
    proof: Proof


@frozen(kw_only=True)
class Verdict:
    """What is wrong with a world, as :class:`subledger.testing.worlds.Ending` tells it."""

    lost: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    other: tuple[str, ...] = ()


def judge(found: Result, calm: Result, *, decides: bool = False) -> Verdict:
    """What differs from the world in which nothing went wrong.

    ``decides`` where a person has to find out what became of a write: its document may be there
    or not, as long as the person is told.
    """
    open_ = {marker(one.kind, one.record) for one in found.effects if one.state is State.UNKNOWN}
    excused = open_ if decides and found.findings else set()
    lost, doubled, other = [], [], []
    here, wanted = by_mark(found.documents), by_mark(calm.documents)
    for mark, documents in wanted.items():
        shown = here.pop(mark, [])
        if len(shown) > len(documents):
            doubled.append(f"{mark} has {len(shown)} documents, not {len(documents)}")
        elif mark in excused:
            continue
        elif len(shown) < len(documents):
            lost.append(f"{mark} has {len(shown)} documents, not {len(documents)}")
        elif Counter(map(_shown, shown)) != Counter(map(_shown, documents)):
            lost.append(f"{mark} shows {_told(shown)}, not {_told(documents)}")
    other += [f"{mark} is in the books, and nothing asks for it" for mark in here]
    other += unsettled(found.effects, unless=excused)
    if not excused:
        other += _otherwise(found, calm)
    return Verdict(lost=tuple(lost), doubled=tuple(doubled), other=tuple(other))


def unsettled(
    effects: Iterable[Effect],
    unless: Iterable[str] = (),
    quiet: Iterable[State] = QUIET,
) -> Iterator[str]:
    """The effects that are still under way, a sentence each."""
    for one in effects:
        if one.state not in quiet and marker(one.kind, one.record) not in unless:
            yield f"effect {one.id} ({one.kind} {one.record}) is still {one.state}"


def unposted(records: Iterable[Record]) -> Iterator[str]:
    """The records that are not in the books, a sentence each."""
    for one in records:
        if one.state != "posted":
            yield f"record {one.kind} {one.id} is {one.state}, not posted"


def _otherwise(found: Result, calm: Result) -> Iterator[str]:
    """What our store says otherwise than in the world in which nothing went wrong."""
    ended = {(one.kind, one.id): one.state for one in calm.records}
    for one in found.records:
        before = ended.pop((one.kind, one.id), "not there")
        if one.state != before:
            yield f"record {one.kind} {one.id} is {one.state}, not {before}"
    yield from (f"record {kind} {id_} was never read" for kind, id_ in ended)
    left = Counter(category for category, _ in calm.findings)
    for category, message in found.findings:
        left[category] -= 1
        if left[category] < 0:
            yield f"a finding is left: {category}: {message}"
    if found.proof != calm.proof:
        yield f"the proof of agreement differs: {found.proof}"


def by_mark(documents: Iterable[Written]) -> dict[str, list[Written]]:
    """Documents by our marker in them, or by what else tells them apart."""
    found: dict[str, list[Written]] = {}
    for document in documents:
        found.setdefault(_mark(document), []).append(document)
    return found


def _mark(document: Written) -> str:
    """Our marker in a document; what else tells it from others where there is none."""
    own = parse_marker(document.memo)
    if own is not None:
        return own
    match = _MARKER.search(document.text)
    return match[0] if match else f"{document.type} {document.date} {document.amount}"


def _shown(document: Written) -> tuple[object, ...]:
    return (document.type, document.date, document.amount)


def _told(documents: Iterable[Written]) -> str:
    return "; ".join(f"{one.type} of {one.date}: {one.amount}" for one in documents)

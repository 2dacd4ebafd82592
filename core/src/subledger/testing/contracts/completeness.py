"""That a source reads everything there is and everything that changed, as its outside tells."""

from collections.abc import Mapping
from typing import Any, Final, NoReturn, cast

import pytest

from subledger.manifest import Capability
from subledger.model import amount_of
from subledger.money import total
from subledger.ports import ExtractRequest
from subledger.testing.bench import Bench
from subledger.testing.contracts.base import applies, breach
from subledger.testing.contracts.connector import opened
from subledger.testing.contracts.extracting import ExtractingContract, Reading
from subledger.testing.going_on import goes_on
from subledger.testing.outside import Held, Holding
from subledger.testing.proof import Changing

_WANTS: Final[Mapping[str, Mapping[str, type]]] = {
    "test_everything_is_read": {"holds()": Holding},
    "test_what_changed_is_read": {"holds()": Holding, "change()": Changing},
}
"""What a test needs of the outside."""

_PAUSE: Final = 60
"""Seconds between a reading and what happens then, and from there to the next reading."""


class CompletenessContract(ExtractingContract):
    """Nothing that the outside holds is left out; a part of the contract of every source.

    An outside that tells what it holds (:class:`Holding`) is compared with what is read; in one
    that can change (:class:`Changing`), what changed is looked for in the next reading.
    """

    def unshown(self, test: str) -> str:
        """The methods that the outside would need."""
        wants = _WANTS.get(test)
        if wants is None:
            return super().unshown(test)

        async def missing(bench: Bench) -> str:
            lacks = [
                name for name, needed in wants.items() if not isinstance(bench.outside, needed)
            ]
            return f"give the outside {' and '.join(lacks)}" if lacks else ""

        return self.rig().run(missing)

    def _skip_where_unshown(self, test: str) -> None:
        if lacks := self.unshown(test):
            _not_shown(lacks)

    @applies(opened)
    def test_everything_is_read(self) -> None:
        """A first reading holds every record that the outside itself tells of."""
        self._skip_where_unshown("test_everything_is_read")

        async def read(bench: Bench) -> None:
            __tracebackhide__ = True
            held = self._held(bench)
            if not held:
                breach(
                    "holds() tells of no record of the period and kinds that are read",
                    promise="the contract is shown with records",
                    hint="give each Held the id that the source gives its RawRecord, its date, and "
                    "no kind unless the kinds are numbered separately",
                )
            reading = await self.extract(bench)
            if lost := _lost(held, reading):
                breach(
                    f"it never told of {_some(lost)}, of {len(held)} that the outside holds",
                    promise="a first reading holds every record of the period",
                    hint="follow the next page to the last one; until is a day that is read whole; "
                    "leave it to normalise what a record means, also of pending ones",
                )
            _demand_the_amounts(held, reading)

        self.rig().run(read)

    @applies(opened)
    def test_pages_are_read(self) -> None:
        """A list is longer than a page in the simulator, so that reading by pages is shown."""

        async def asked(bench: Bench) -> tuple[bool, bool]:
            await self.extract(bench)
            return bool(bench.door.requests), goes_on(bench.door.requests)

        requests, pages = self.rig().run(asked)
        if not requests:
            _not_shown("it makes no request")
        if not pages:
            breach(
                "no list was asked for a second time, with another page, offset, token or date",
                promise="what stands after the first page is read as well",
                hint="let the outside hold more than two pages of something, with pages as long as "
                "the vendor's. They are there: then the next one is never asked for. The vendor "
                "has no pages: exempt this test and say so",
            )

    @applies(opened)
    def test_what_changed_is_read(self) -> None:
        """A reading from the last cursor holds every record that was added or changed since."""
        self._skip_where_unshown("test_what_changed_is_read")

        async def twice(bench: Bench) -> None:
            __tracebackhide__ = True
            first = await self.extract(bench)
            await bench.context.runtime.sleep(_PAUSE)
            before, were = _versions(self._held(bench)), _all(bench)
            cast("Changing", bench.outside).change()
            changed = {
                key: held
                for key, held in self._held(bench).items()
                if before.get(key) != _version(held)
            }
            if not changed:
                breach(
                    "after change() the outside holds what it held before",
                    promise="the contract is shown with records that are added and changed",
                    hint="change() adds a record of the period and changes one; the version of a "
                    "Held prints otherwise then",
                )
            await bench.context.runtime.sleep(_PAUSE)
            cursors = [page.cursor for page in first.pages if page.cursor is not None]
            cursor = cursors[-1] if cursors else None
            again = await self._read_on(bench, cursor)
            if lost := _lost(changed, again):
                breach(
                    f"from the cursor {cursor!r:.80} it never told of {_some(lost)}, of "
                    f"{len(changed)} that were added or changed",
                    promise="whatever happens after a reading is in the next one",
                    hint="the cursor is a position of the vendor's, or a moment before the reading "
                    "began; rows are filtered by their change, not by their date",
                )
            if gone := _lost(_without(were, _all(bench)), again):
                breach(
                    f"{_some(gone)} are not in holds() after change() any more, and the next "
                    "reading did not tell of them",
                    promise="a record keeps its identifier when it changes, and what was deleted "
                    "is told once more",
                    hint="never put a version, state or moment into an identifier. Deleted? Hand "
                    "it over with nothing to make of it; if the vendor never tells, say so under "
                    "limits and delete nothing in change()",
                )
            _demand_the_amounts(changed, again)

        self.rig().run(twice)

    async def _read_on(self, bench: Bench, cursor: str | None) -> Reading:
        """The next reading. Where only changes are read, they are, whatever their date."""
        declared = self.type.manifest.capabilities
        if cursor is None or Capability.INCREMENTAL not in declared:
            return await self.extract(bench, cursor)
        today = bench.clock().date()
        return await self.extract(bench, cursor, since=today)

    def _held(self, bench: Bench) -> dict[Any, Held]:
        """The records that a reading of everything has to hold now."""
        request = self.request(bench)
        held = cast("Holding", bench.outside).holds()
        return {(one.kind, one.id): one for one in held if _is_asked_for(one, request)}


def _is_asked_for(held: Held, request: ExtractRequest) -> bool:
    dated = held.date is None or request.since <= held.date <= request.until
    return dated and (held.kind is None or held.kind in request.kinds)


def _lost(held: Mapping[Any, Held], reading: Reading) -> list[Held]:
    """Those that a reading does not hold."""
    makes: dict[str, list[frozenset[Any]]] = {}
    for record in reading.records:
        makes.setdefault(record.id, []).append(record.makes)
    return [
        one for one in held.values() if not any(_is_of(one, of) for of in makes.get(one.id, ()))
    ]


def _all(bench: Bench) -> dict[Any, Held]:
    """Whatever the outside holds now, of any date."""
    return {(one.kind, one.id): one for one in cast("Holding", bench.outside).holds()}


def _without(held: Mapping[Any, Held], others: Mapping[Any, Held]) -> dict[Any, Held]:
    return {key: one for key, one in held.items() if key not in others}


def _demand_the_amounts(held: Mapping[Any, Held], reading: Reading) -> None:
    """Demands of what was read that it moves what the outside says; of what is rejected nothing."""
    __tracebackhide__ = True
    for one in held.values():
        told = [
            entities
            for record, entities in reading.accepted()
            if record.id == one.id and _is_of(one, record.makes)
        ]
        if one.moves is None or not told:
            continue
        moved = [amount for entity in told[-1] if (amount := amount_of(entity)) is not None]
        if total(moved, one.moves.currency) != one.moves:
            breach(
                f"the outside says that {one.kind or 'record'} {one.id} moves {one.moves}; "
                f"what it becomes moves {' + '.join(map(str, moved)) or 'nothing'}",
                promise="the books show what the vendor's own figures say",
                hint="see the signs, what is paid back, discounts, tax, tips and what was voided; "
                "one record is not told as two documents",
            )


def _is_of(held: Held, makes: frozenset[Any]) -> bool:
    """Whether a record with the same identifier may be the one that is held."""
    return held.kind is None or not makes or held.kind in makes


def _versions(held: Mapping[Any, Held]) -> dict[Any, str]:
    """As text, since a simulator may change its rows in place."""
    return {key: _version(one) for key, one in held.items()}


def _version(held: Held) -> str:
    return repr((held.version, held.date))


def _some(lost: list[Held]) -> str:
    named = ", ".join(f"{one.kind or 'record'} {one.id}" for one in lost[:5])
    return f"{len(lost)} records ({named}{', ...' if len(lost) > 5 else ''})"  # noqa: PLR2004 - as named


def _not_shown(why: str) -> NoReturn:
    pytest.skip(why)


__all__ = ["CompletenessContract"]

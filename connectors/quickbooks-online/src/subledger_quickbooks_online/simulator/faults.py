"""Faults on purpose: which calls go wrong, and how."""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

from attrs import define, field, frozen

TOKEN_CALL = "POST oauth2/v1/tokens/bearer*"  # noqa: S105 - an address
WRITE = "<write>"
FAULTS = {
    "lost-answer": (WRITE, "carried out, then the connection closes without an answer"),
    "dropped": ("*", "the connection closes before anything is done"),
    "error-before": ("*", "nothing is done, answered 503 or the given status, as HTML"),
    "error-after": (WRITE, "carried out, answered 504 or the given status, as HTML"),
    "fault-inside-200": ("*", "nothing is done, answered 200 with a Fault of code 10000 or given"),
    "two-errors": ("*", "a Fault tells of a second error too"),
    "slow": ("*", "held back for 1 or the given number of seconds"),
    "throttle": ("*", "answered as if the limits were exceeded"),
    "expired-token": ("*", "the access token expires before it is looked at"),
    "forget-requestids": (WRITE, "every requestid is forgotten before the call"),
    "lost-refresh": (
        TOKEN_CALL,
        "the refresh token is replaced and the answer lost; =hard ends the old one at once",
    ),
    "remote-edit": (WRITE, "a person edits what the call wrote, right after it"),
    "remote-delete": (WRITE, "a person deletes what the call wrote, right after it"),
}
"""By name: the calls it counts unless a pattern is given, and what it does."""

_ITEM = re.compile(r"(?P<name>[a-z0-9-]+)(=(?P<value>[^~@,]+))?(~(?P<calls>[^@,]+))?(@(?P<at>.+))?")
_SPAN = re.compile(r"(\d+)(?:-(\d+))?|/(\d+)")


class FaultPlanError(ValueError):
    """The text of a plan cannot be understood; the message names every bad item."""


@frozen(kw_only=True)
class Fault:
    """One item of a plan.

    `calls` is a shell pattern for `METHOD path?operation=name`, where the path of an API call
    begins after the company's id. Only the calls that it fits are counted, from 1; `at` are the
    numbers that go wrong, none means all. `every` is for each n-th.
    """

    name: str
    value: str = ""
    calls: str = ""
    at: tuple[tuple[int, int], ...] = ()
    every: int = 0

    @property
    def pattern(self) -> str:
        """The calls that are counted."""
        return self.calls or FAULTS[self.name][0]

    def fits(self, call: str, *, is_write: bool) -> bool:
        """Whether a call is counted."""
        return is_write if self.pattern == WRITE else fnmatchcase(call, self.pattern)

    def strikes(self, number: int) -> bool:
        """Whether the counted call of this number goes wrong."""
        if self.every:
            return number % self.every == 0
        return not self.at or any(first <= number <= last for first, last in self.at)


def parse_plan(text: str) -> tuple[Fault, ...]:
    """A plan such as `lost-answer@2,slow=0.2~GET*,throttle@5-9,error-before~POST invoice*@/3`.

    FaultPlanError names all the items that are wrong.
    """
    items = [item.strip() for item in text.split(",") if item.strip()]
    found = [_parsed(item) for item in items]
    if wrong := [problem for problem in found if isinstance(problem, str)]:
        raise FaultPlanError("; ".join(wrong))
    return tuple(fault for fault in found if isinstance(fault, Fault))


def _parsed(item: str) -> Fault | str:
    match = _ITEM.fullmatch(item)
    if match is None:
        return f"{item!r} is not written as NAME=VALUE~CALLS@NUMBERS"
    if match["name"] not in FAULTS:
        return f"unknown fault {match['name']!r}; known: {', '.join(FAULTS)}"
    spans = [_SPAN.fullmatch(part) for part in (match["at"] or "").split(";") if part]
    if not all(spans):
        return f"{item!r}: numbers are written 3, 3;5, 3-8 or /4"
    kept = [span for span in spans if span]
    return Fault(
        name=match["name"],
        value=match["value"] or "",
        calls=match["calls"] or "",
        at=tuple((int(span[1]), int(span[2] or span[1])) for span in kept if span[1]),
        every=next((int(span[3]) for span in kept if span[3]), 0),
    )


@define
class Faults:
    """A plan, and how many calls each of its items has counted."""

    plan: tuple[Fault, ...] = field(default=(), converter=tuple)
    counts: list[int] = field(init=False)

    @counts.default
    def _none(self) -> list[int]:
        return [0] * len(self.plan)

    def set(self, plan: str | Iterable[Fault]) -> None:
        """Replace the plan and count from here."""
        self.plan = parse_plan(plan) if isinstance(plan, str) else tuple(plan)
        self.counts = [0] * len(self.plan)

    def incident(self, call: str, *, is_write: bool) -> dict[str, str]:
        """What goes wrong with this call: values by the names of the faults."""
        found: dict[str, str] = {}
        for index, fault in enumerate(self.plan):
            if fault.fits(call, is_write=is_write):
                self.counts[index] += 1
                if fault.strikes(self.counts[index]):
                    found[fault.name] = fault.value
        return found

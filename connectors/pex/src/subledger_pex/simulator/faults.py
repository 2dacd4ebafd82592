"""Faults on purpose: which requests go wrong, and how."""

from collections.abc import Mapping
from typing import Any

from attrs import asdict, field, fields, frozen


def _numbers(value: Any) -> tuple[int, ...]:
    return (value,) if isinstance(value, int) else tuple(int(number) for number in value)


@frozen(kw_only=True)
class FaultPlan:
    """What goes wrong; request numbers count from 1 since the plan was set.

    Every field is off by default. ``drop_at`` loses the *answer*: the request takes effect, then
    the connection closes. ``change_at`` changes the newest listed record, and settles a pending
    one, just before the request is answered, so that pages shift under the reader.
    """

    rate_limit_every: int = 0
    """Every n-th request is answered 429."""
    error_at: tuple[int, ...] = field(default=(), converter=_numbers)
    """Answered 500."""
    slow_seconds: float = 0.0
    """Real seconds that every answer is held back."""
    truncate_at: tuple[int, ...] = field(default=(), converter=_numbers)
    """A complete HTTP answer whose JSON ends in the middle."""
    drop_at: tuple[int, ...] = field(default=(), converter=_numbers)
    """The connection closes instead of an answer."""
    expire_token_at: tuple[int, ...] = field(default=(), converter=_numbers)
    """The token that the request carries expires before it is looked at."""
    duplicate_page_at: tuple[int, ...] = field(default=(), converter=_numbers)
    """The previous list answer (of any window or page) is given once more."""
    change_at: tuple[int, ...] = field(default=(), converter=_numbers)
    """A record changes before the answer."""
    reorder: bool = False
    """Lists come in an arbitrary, repeatable order."""

    def as_json(self) -> dict[str, Any]:
        """The plan as plain values."""
        return {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(self).items()}


NO_FAULTS = FaultPlan()


def plan_from(values: Mapping[str, Any]) -> FaultPlan:
    """A plan from plain values; ValueError names unknown faults."""
    known = {attribute.name for attribute in fields(FaultPlan)}
    if unknown := sorted(set(values) - known):
        raise ValueError(f"unknown fault: {', '.join(unknown)}; known: {', '.join(sorted(known))}")
    return FaultPlan(**values)


def parse_plan(text: str) -> FaultPlan:
    """A plan from text such as ``rate_limit_every=5,error_at=3;7,slow_seconds=0.2,reorder``."""
    values: dict[str, Any] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, value = part.partition("=")
        if name == "reorder":
            values[name] = value.lower() in {"", "1", "true", "yes"}
        elif name == "slow_seconds":
            values[name] = float(value)
        elif name == "rate_limit_every":
            values[name] = int(value)
        else:
            values[name] = tuple(int(number) for number in value.split(";"))
    return plan_from(values)

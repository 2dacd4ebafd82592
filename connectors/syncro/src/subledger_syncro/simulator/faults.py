"""Faults on purpose: which requests go wrong, and how."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from attrs import asdict, field, fields, frozen


def _numbers(value: Any) -> tuple[int, ...]:
    return (value,) if isinstance(value, int) else tuple(int(number) for number in value)


@frozen(kw_only=True)
class FaultPlan:
    """What goes wrong; request numbers count from 1 since the plan was set.

    Every field is off by default. ``drop_at`` and ``html_at`` happen *before* the request takes
    effect, ``lose_write_at`` afterwards: it counts writes only, takes effect, then hangs up.
    """

    rate_limit_every: int = 0
    """Every n-th request is answered 429."""
    storm: tuple[int, ...] = field(default=(), converter=_numbers)
    """First and last request of a stretch that is answered 429."""
    error_at: tuple[int, ...] = field(default=(), converter=_numbers)
    """Answered 500 with a JSON body."""
    html_at: tuple[int, ...] = field(default=(), converter=_numbers)
    """Answered 502 with an HTML page."""
    html_ok_at: tuple[int, ...] = field(default=(), converter=_numbers)
    """Answered 200 with an HTML page, such as a login form."""
    slow_seconds: float = 0.0
    """Seconds that every answer is held back."""
    truncate_at: tuple[int, ...] = field(default=(), converter=_numbers)
    """A complete HTTP answer whose JSON ends in the middle."""
    drop_at: tuple[int, ...] = field(default=(), converter=_numbers)
    """The connection closes instead of an answer, and nothing happened."""
    lose_write_at: tuple[int, ...] = field(default=(), converter=_numbers)
    """The n-th write takes effect and its answer is lost."""
    wrong_token_at: tuple[int, ...] = field(default=(), converter=_numbers)
    """The token that the request carries is revoked before it is looked at."""
    change_at: tuple[int, ...] = field(default=(), converter=_numbers)
    """The newest invoice is deleted and another one made before the answer, so that pages shift."""
    repeat_page_at: tuple[int, ...] = field(default=(), converter=_numbers)
    """The previous list answer is given once more."""

    def limits(self, number: int) -> bool:
        """Whether this request is told to slow down."""
        nth = bool(self.rate_limit_every) and number % self.rate_limit_every == 0
        return nth or (bool(self.storm) and self.storm[0] <= number <= self.storm[-1])

    def as_json(self) -> dict[str, Any]:
        """The plan as plain values; seconds as text."""
        plain = asdict(self) | {"slow_seconds": str(self.slow_seconds)}
        return {name: list(v) if isinstance(v, tuple) else v for name, v in plain.items()}


NO_FAULTS = FaultPlan()


def _refuse_unknown(names: Iterable[str]) -> None:
    known = {attribute.name for attribute in fields(FaultPlan)}
    if unknown := sorted(set(names) - known):
        raise ValueError(f"unknown fault: {', '.join(unknown)}; known: {', '.join(sorted(known))}")


def plan_from(values: Mapping[str, Any]) -> FaultPlan:
    """A plan from plain values; ValueError names unknown faults."""
    _refuse_unknown(values)
    plain = dict(values)
    if "slow_seconds" in plain:
        plain["slow_seconds"] = float(plain["slow_seconds"])
    return FaultPlan(**plain)


def parse_plan(text: str) -> FaultPlan:
    """A plan from text such as ``rate_limit_every=5,error_at=3;7,storm=10;40``.

    ValueError tells what cannot be read, and what can be written in its place.
    """
    parts = [part.strip().partition("=") for part in text.split(",") if part.strip()]
    _refuse_unknown(name for name, _, _ in parts)
    return plan_from({name: _value(name, word) for name, _, word in parts})


def _value(name: str, word: str) -> Any:
    read, expected = _FORMS.get(name, (_request_numbers, "request numbers, such as 3;7"))
    try:
        return read(word)
    except (KeyError, ValueError):
        raise ValueError(f"{name} cannot be {word!r}; expected: {expected}") from None


def _request_numbers(word: str) -> tuple[int, ...]:
    return tuple(int(number) for number in word.split(";"))


_FORMS: Final[Mapping[str, tuple[Callable[[str], Any], str]]] = {
    "rate_limit_every": (int, "a number of requests, such as 5"),
    "slow_seconds": (float, "seconds, such as 0.2"),
}

"""Faults on purpose: which requests go wrong, and how."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

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


def _refuse_unknown(names: Iterable[str]) -> None:
    known = {attribute.name for attribute in fields(FaultPlan)}
    if unknown := sorted(set(names) - known):
        raise ValueError(f"unknown fault: {', '.join(unknown)}; known: {', '.join(sorted(known))}")


def plan_from(values: Mapping[str, Any]) -> FaultPlan:
    """A plan from plain values; ValueError names unknown faults."""
    _refuse_unknown(values)
    return FaultPlan(**values)


def parse_plan(text: str) -> FaultPlan:
    """A plan from text such as ``rate_limit_every=5,error_at=3;7,slow_seconds=0.2,reorder``.

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


_YES_OR_NO: Final = {
    **dict.fromkeys(("", "1", "true", "yes"), True),
    **dict.fromkeys(("0", "false", "no"), False),
}
_FORMS: Final[Mapping[str, tuple[Callable[[str], Any], str]]] = {
    "rate_limit_every": (int, "a number of requests, such as 5"),
    "slow_seconds": (float, "seconds, such as 0.2"),
    "reorder": (lambda word: _YES_OR_NO[word.lower()], "true or false"),
}

"""Rules, made ready once so that each record is judged fast."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache

from attrs import frozen

from subledger.model import Movement, Tag
from subledger_mapping.config import Rule, Target, When

Tags = Mapping[str, Tag]
"""The tags of a line by folded name."""

Condition = Callable[[Movement, Tags], bool]


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """The text as it is compared: case and outer spaces aside."""
    return text.strip().casefold()


@frozen
class ReadyRule:
    """A rule with its place in the list, counted from 1."""

    number: int
    conditions: tuple[Condition, ...]
    then: Mapping[Target, str]

    def matches(self, movement: Movement, tags: Tags) -> bool:
        """Whether every condition holds for a line with these tags."""
        for condition in self.conditions:  # noqa: SIM110 - all() costs twice the time here
            if not condition(movement, tags):
                return False
        return True


def ready(rules: Sequence[Rule]) -> tuple[ReadyRule, ...]:
    """The rules, ready to be applied in their order."""
    return tuple(
        ReadyRule(number, tuple(_conditions(rule.when)), rule.then)
        for number, rule in enumerate(rules, start=1)
    )


def first(rules: Sequence[ReadyRule], movement: Movement, tags: Tags) -> ReadyRule | None:
    """The first rule that matches; it alone counts."""
    for rule in rules:
        if rule.matches(movement, tags):
            return rule
    return None


def _conditions(when: When) -> Iterator[Condition]:
    if when.kind is not None:
        yield _kind(when.kind)
    if when.merchant is not None:
        yield _merchant(_pattern(when.merchant))
    if when.cardholder is not None:
        yield _cardholder(_pattern(when.cardholder))
    if when.min_amount is not None or when.max_amount is not None:
        yield _amount(when.min_amount, when.max_amount)
    if when.tag is not None:
        yield _tag(fold(when.tag), when.tag_value)


def _pattern(text: str) -> Callable[[str], bool]:
    """A test of names, which remembers its answers: the same merchants come again and again."""
    parts = re.split(r"([*?])", fold(text))
    signs = {"*": ".*", "?": "."}
    regex = re.compile("".join(signs.get(part) or re.escape(part) for part in parts), re.DOTALL)

    @lru_cache(maxsize=1024)
    def matches(name: str) -> bool:
        return bool(name) and regex.fullmatch(fold(name)) is not None

    return matches


def _kind(kind: str) -> Condition:
    return lambda movement, _tags: movement.kind == kind


def _merchant(matches: Callable[[str], bool]) -> Condition:
    return lambda movement, _tags: (
        matches(movement.merchant_normalised) or matches(movement.merchant)
    )


def _cardholder(matches: Callable[[str], bool]) -> Condition:
    return lambda movement, _tags: matches(movement.cardholder)


def _amount(low: Decimal | None, high: Decimal | None) -> Condition:
    def within(movement: Movement, _tags: Tags) -> bool:
        amount = movement.amount.amount
        return (low is None or low <= amount) and (high is None or amount <= high)

    return within


def _tag(name: str, value: str | None) -> Condition:
    wanted = None if value is None else fold(value)

    def has(_movement: Movement, tags: Tags) -> bool:
        tag = tags.get(name)
        return tag is not None and (wanted is None or wanted in (fold(tag.value), fold(tag.label)))

    return has

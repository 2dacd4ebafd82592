"""The step: fills account, class, customer, item and tax code of every line."""

from collections.abc import Mapping
from typing import Any, Final

from attrs import evolve, frozen

from subledger.findings import Finding
from subledger.model import Entity, Kind, Line, Movement, Reference
from subledger.model.kinds import ACCOUNT, CLASS, CUSTOMER, ITEM, TAX_CODE, TRANSFER, VENDOR
from subledger.ports import Books, Hold, Keep, Verdict
from subledger_mapping.config import MappingConfig, Target
from subledger_mapping.match import match_name, match_tag
from subledger_mapping.rules import ReadyRule, Tags, first, fold, ready

_KINDS: Final[Mapping[Target, Kind]] = {
    "item": ITEM,
    "account": ACCOUNT,
    "class": CLASS,
    "customer": CUSTOMER,
    "tax": TAX_CODE,
}


@frozen
class _Place:
    """One reference of a line: where it comes from and whether it must be there."""

    name: Target
    attribute: str
    kind: Kind
    tags: tuple[tuple[str, str], ...]
    default: str | None
    required: bool


def _places(config: MappingConfig) -> tuple[_Place, ...]:
    """The item comes first: a line with an item needs no account."""
    tags: Mapping[Target, tuple[str, ...]] = {
        "account": config.account_tags,
        "class": (config.class_tag,),
        "customer": (config.customer_tag,),
        "item": (config.item_tag,),
        "tax": (config.tax_tag,),
    }
    return tuple(
        _Place(
            name,
            "class_" if name == "class" else name,
            kind,
            tuple((fold(tag), tag) for tag in tags[name] if tag.strip()),
            getattr(config, f"{name}_default"),
            getattr(config, f"{name}_required"),
        )
        for name, kind in _KINDS.items()
    )


class MappingStep:
    """Maps movements by their tags; an explicit tag, then a rule, then a default.

    What a line has already stays unless a tag or a rule says otherwise. Transfers pass untouched:
    their other side is an account of the company, not an expense.
    """

    def __init__(self, config: MappingConfig) -> None:
        self._places = _places(config)
        self._rules = ready(config.rules)
        self._kinds = frozenset(config.kinds)
        self._explicit: Mapping[str, Mapping[str, str]] = {
            fold(tag): {value.casefold(): name for value, name in values.items()}
            for tag, values in config.tags.items()
        }

    def apply(self, entity: Entity, books: Books) -> Verdict:
        """The record with its lines mapped, or the first reason why it has to wait."""
        if not isinstance(entity, Movement) or entity.kind == TRANSFER:
            return Keep(entity=entity)
        lines: list[Line] = []
        party = entity.party
        for line in entity.lines:
            tags = {fold(tag.name): tag for tag in reversed(line.tags) if tag.value.strip()}
            rule = first(self._rules, entity, tags)
            mapped = self._line(entity.kind, line, tags, rule, books)
            if isinstance(mapped, Finding):
                return Hold(finding=mapped)
            lines.append(mapped)
            if rule is not None and "vendor" in rule.then and party is entity.party:
                party = Reference(kind=VENDOR, name=rule.then["vendor"].strip())
        return Keep(entity=evolve(entity, lines=tuple(lines), party=party))

    def _line(
        self, kind: Kind, line: Line, tags: Tags, rule: ReadyRule | None, books: Books
    ) -> Line | Finding:
        found: dict[str, Any] = {}
        for place in self._places:
            reference = self._chosen(place, tags, rule, books)
            if reference is None and getattr(line, place.attribute) is None and kind in self._kinds:
                has_item = line.item is not None or "item" in found
                if place.kind == ACCOUNT and has_item:
                    continue
                reference = _otherwise(place, books)
            if isinstance(reference, Finding):
                return reference
            if reference is not None:
                found[place.attribute] = reference
        return evolve(line, **found) if found else line

    def _chosen(
        self, place: _Place, tags: Tags, rule: ReadyRule | None, books: Books
    ) -> Reference | Finding | None:
        """What a tag or, without one, the rule says."""
        for folded, _ in place.tags:
            tag = tags.get(folded)
            if tag is not None:
                return match_tag(tag, place.kind, self._explicit.get(folded, {}), books)
        target = rule.then.get(place.name) if rule else None
        if rule is None or target is None:
            return None
        return match_name(target, place.kind, books, f"rule {rule.number} {place.name} = {target}")


def _otherwise(place: _Place, books: Books) -> Reference | Finding | None:
    """The default, or the finding that something required is missing."""
    if place.required:
        what = place.kind.replace("_", " ")
        names = " or ".join(tag for _, tag in place.tags)
        no_tag = f"it has no tag {names}" if names else f"no tag is read for {what}s"
        return Finding(
            category="mapping_missing",
            subject=f"lines without {what}",
            message=f"a line has no {what}: {no_tag} and no rule matches",
            hint=f"Add the tag in the source, add a rule, or set {place.name}_required = false.",
        )
    if place.default is None:
        return None
    subject = f"setting {place.name}_default = {place.default}"
    return match_name(place.default, place.kind, books, subject)

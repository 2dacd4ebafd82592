"""Tags and splits of a transaction, as lines; pure."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from attrs import frozen

from subledger.errors import RecordRejected
from subledger.model import Line, Tag
from subledger.money import Money, total
from subledger_pex.amounts import money
from subledger_pex.frame import TagDefinition

Definitions = Mapping[str, TagDefinition] | None

_YES_NO: Final = {"true": "Yes", "1": "Yes", "yes": "Yes", "false": "No", "0": "No", "no": "No"}


@frozen
class _Split:
    amount: Money
    tags: tuple[Tag, ...]


def lines_of(transaction: Mapping[str, Any], amount: Money, definitions: Definitions) -> list[Line]:
    """The lines of a transaction of (positive) ``amount``: one, or one for each split.

    A split keeps the plain tags of the transaction that it does not carry itself. Raises
    RecordRejected for a tag that PEX no longer defines and for splits that do not add up.
    """
    entries = (transaction.get("TransactionTags") or {}).get("Tags") or ()
    splits: list[_Split] = []
    plain: list[Tag] = []
    for entry in entries:
        allocation = _allocation(entry, definitions)
        if allocation is None:
            plain += _tags([entry], definitions)
        else:
            splits.append(
                _Split(
                    money(allocation.get("Amount"), "Amount of a split"),
                    tuple(_tags(allocation.get("Allocation") or (), definitions)),
                )
            )
    if not splits:
        return [Line(amount=amount, tags=tuple(plain))]
    _add_up(splits, amount)
    return [
        Line(amount=split.amount, tags=_with_plain(split.tags, plain))
        for split in splits
        if split.amount
    ]


def _with_plain(own: tuple[Tag, ...], plain: Sequence[Tag]) -> tuple[Tag, ...]:
    names = {tag.name for tag in own}
    return own + tuple(tag for tag in plain if tag.name not in names)


def _add_up(splits: Sequence[_Split], amount: Money) -> None:
    split = total([split.amount for split in splits])
    if split != amount:
        raise RecordRejected(
            f"The splits add up to {split}, the transaction to {amount}: "
            f"a difference of {amount - split}.",
            category="amount_mismatch",
            hint="Correct the split in PEX; the transaction is read again on the next run.",
        )


def _definition(entry: Mapping[str, Any], definitions: Definitions) -> TagDefinition | None:
    if definitions is None:
        return None
    id_ = str(entry.get("FieldId") or entry.get("TagId") or "")
    if id_ not in definitions:
        name = entry.get("Name") or id_
        raise RecordRejected(
            f"The transaction carries the tag {name}, which PEX no longer defines.",
            category="mapping_stale",
            field=f"tag {name}",
            hint="Restore the tag in PEX, or tag the transaction again.",
        )
    return definitions[id_]


def _allocation(entry: Mapping[str, Any], definitions: Definitions) -> Mapping[str, Any] | None:
    """The split that an entry describes; None for a plain tag."""
    definition = _definition(entry, definitions)
    value = entry.get("Value")
    if definition is not None:
        if definition.type != "Allocation":
            return None
    elif not str(entry.get("Name") or "").startswith("Allocation_"):
        return None
    if isinstance(value, str):
        try:
            value = json.loads(value, parse_float=str)
        except ValueError:
            value = None
    if not isinstance(value, Mapping):
        raise RecordRejected(
            "A split of the transaction could not be read.",
            category="unreadable",
            field="TransactionTags",
        )
    return value


def _tags(entries: Iterable[Mapping[str, Any]], definitions: Definitions) -> list[Tag]:
    tags = []
    for entry in entries:
        definition = _definition(entry, definitions)
        raw = entry.get("Value")
        value = "" if raw is None else str(raw).strip()
        if not value:
            continue
        if definition is None:
            name = str(entry.get("Name") or entry.get("TagId") or entry.get("FieldId") or "")
            tags.append(Tag(name=name, value=value, label=value))
        else:
            tags.append(Tag(name=definition.name, value=value, label=_label(definition, value)))
    return tags


def _label(definition: TagDefinition, value: str) -> str:
    if definition.type == "Dropdown":
        return definition.options.get(value) or value
    if definition.type == "YesNo":
        return _YES_NO.get(value.casefold(), value)
    return value

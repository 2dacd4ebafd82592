"""What the records of a page share: settings, tag definitions and cardholders, as plain JSON."""

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import field, frozen

from subledger_pex.wire.enums import FUNDING_SOURCE, TAG_TYPE, name_of


@frozen(kw_only=True)
class TagDefinition:
    """A tag of the business: its name, its type's name, and what each option's value shows."""

    name: str
    type: str
    options: Mapping[str, str] = field(factory=dict)


@frozen(kw_only=True)
class Frame:
    """The view in which a record is read.

    ``date`` and ``rebates`` are the connection's settings, ``credit`` tells a credit programme from
    a prepaid one, ``tags`` is None where the business does not use tags.
    """

    date: str = "settlement"
    rebates: str = "deposit"
    credit: bool = False
    cardholders: Mapping[str, str] = field(factory=dict)
    tags: Mapping[str, TagDefinition] | None = None


def is_credit(settings: Mapping[str, Any]) -> bool:
    """Whether the business settings tell a credit programme (FundingSource)."""
    return name_of(settings.get("FundingSource"), FUNDING_SOURCE) == "Credit"


def cardholders_of(account: Mapping[str, Any]) -> dict[str, str]:
    """Names of the card accounts of an AccountDetails answer, by account id."""
    return {
        str(row.get("AccountId")): " ".join(
            part.strip() for part in (row.get("FirstName"), row.get("LastName")) if part
        )
        for row in account.get("CHAccountList") or ()
    }


def tags_of(definitions: Iterable[Mapping[str, Any]]) -> dict[str, TagDefinition]:
    """Tag definitions by id."""
    return {
        str(row.get("Id")): TagDefinition(
            name=str(row.get("Name") or ""),
            type=name_of(row.get("Type"), TAG_TYPE),
            options={
                str(option.get("Value")): str(option.get("Name") or "")
                for option in row.get("Options") or ()
            },
        )
        for row in definitions
    }


def dump(frame: Frame) -> dict[str, Any]:
    """The frame as plain JSON, for :attr:`subledger.ports.RawRecord.context`."""
    return {
        "date": frame.date,
        "rebates": frame.rebates,
        "credit": frame.credit,
        "cardholders": dict(frame.cardholders),
        "tags": None
        if frame.tags is None
        else {
            id_: {"name": tag.name, "type": tag.type, "options": dict(tag.options)}
            for id_, tag in frame.tags.items()
        },
    }


def load(context: Mapping[str, Any]) -> Frame:
    """The frame that :func:`dump` wrote."""
    tags = context.get("tags")
    return Frame(
        date=context.get("date", "settlement"),
        rebates=context.get("rebates", "deposit"),
        credit=context.get("credit", False),
        cardholders=context.get("cardholders", {}),
        tags=None if tags is None else {id_: TagDefinition(**tag) for id_, tag in tags.items()},
    )

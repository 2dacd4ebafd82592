"""What an owner can set for the step: tags, defaults, explicit values and rules."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from attrs import Attribute, field, fields, frozen
from attrs.validators import deep_iterable

from subledger.config.fields import describe
from subledger.model.kinds import CARD_TRANSACTION

Target = Literal["account", "class", "customer", "item", "tax", "vendor"]
TARGETS: tuple[Target, ...] = ("account", "class", "customer", "item", "tax", "vendor")


@frozen(kw_only=True)
class When:
    """The conditions of a rule; all that are given must hold. Case and outer spaces do not count.

    ``*`` and ``?`` in ``merchant`` and ``cardholder`` stand for any text and any one character.
    """

    merchant: str | None = field(
        default=None, metadata=describe("Merchant, tidied or as sent: a name, or a pattern.")
    )
    cardholder: str | None = field(
        default=None, metadata=describe("Cardholder: a name, or a pattern.")
    )
    kind: str | None = field(default=None, metadata=describe("Kind of record, such as fee."))
    min_amount: Decimal | None = field(
        default=None, metadata=describe("Smallest amount of the whole record, inclusive.")
    )
    max_amount: Decimal | None = field(
        default=None, metadata=describe("Largest amount of the whole record, inclusive.")
    )
    tag: str | None = field(
        default=None, metadata=describe("Name of a tag that the line must have.")
    )
    tag_value: str | None = field(
        default=None, metadata=describe("Value or shown text that this tag must have.")
    )

    def __attrs_post_init__(self) -> None:
        if all(getattr(self, attribute.name) is None for attribute in fields(When)):
            raise ValueError("a rule needs a condition; what is for every record is a default")
        if self.tag_value is not None and self.tag is None:
            raise ValueError("tag_value needs tag")
        low, high = self.min_amount, self.max_amount
        if low is not None and high is not None and low > high:
            raise ValueError("min_amount is above max_amount, so the rule could never match")


def _targets(_instance: object, _attribute: "Attribute[Any]", then: Mapping[str, str]) -> None:
    if not then:
        raise ValueError(f"a rule sets at least one of {', '.join(TARGETS)}")
    for target, name in then.items():
        if target not in TARGETS:
            raise ValueError(f"a rule cannot set {target!r}, only {', '.join(TARGETS)}")
        if not name.strip():
            raise ValueError(f"a rule cannot set {target} to an empty name")


@frozen(kw_only=True)
class Rule:
    """Where the conditions hold, the names in the books to use."""

    when: When = field(metadata=describe("Conditions that must all hold."))
    then: Mapping[Target, str] = field(
        validator=_targets,
        metadata=describe("Account, class, customer, item, tax (code) and vendor to use."),
    )


def _filled(_instance: object, attribute: "Attribute[Any]", name: str | None) -> None:
    if name is not None and not name.strip():
        raise ValueError(f"{attribute.name} is not empty; leave it out instead")


def _default(what: str) -> Any:
    return field(
        default=None,
        validator=_filled,
        metadata=describe(f"{what} of lines that no tag and no rule maps."),
    )


def _required(what: str) -> Any:
    return field(
        default=False,
        metadata=describe(
            f"Hold lines that no tag and no rule gives {what}, whatever the default."
        ),
    )


@frozen(kw_only=True)
class MappingConfig:
    """Settings of the step ``mapping``."""

    account_tags: tuple[str, ...] = field(
        default=("GL Account",),
        validator=deep_iterable(_filled),
        metadata=describe("Tags that name the account; the first one that a line has counts."),
    )
    account_default: str | None = _default("Account")
    account_required: bool = _required("an account")
    class_tag: str = field(
        default="Class", metadata=describe("Tag that names the class; empty for none.")
    )
    class_default: str | None = _default("Class")
    class_required: bool = _required("a class")
    customer_tag: str = field(
        default="Customer",
        metadata=describe("Tag that names the customer or job; empty for none."),
    )
    customer_default: str | None = _default("Customer or job")
    customer_required: bool = _required("a customer")
    item_tag: str = field(
        default="Item", metadata=describe("Tag that names the item; empty for none.")
    )
    item_default: str | None = _default("Item")
    item_required: bool = _required("an item")
    tax_tag: str = field(
        default="",
        metadata=describe(
            "Tag that names the tax code; none by default, since purchases have no tax codes in "
            "the United States.",
            example='"Tax Code"',
        ),
    )
    tax_default: str | None = _default("Tax code")
    tax_required: bool = _required("a tax code")
    tags: Mapping[str, Mapping[str, str]] = field(
        factory=dict,
        metadata=describe("For each tag, its values and the names in the books they stand for."),
    )
    rules: tuple[Rule, ...] = field(
        default=(),
        metadata=describe("Rules for lines without the tag; the first that matches counts."),
    )
    kinds: tuple[str, ...] = field(
        default=(CARD_TRANSACTION,),
        metadata=describe("Kinds of records that the defaults and requirements are for."),
    )

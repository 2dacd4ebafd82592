"""What an owner can set for the step: which reviews are enough, and from which amount."""

from decimal import Decimal
from typing import Any, Literal

from attrs import Attribute, field, frozen
from attrs.validators import in_, optional

from subledger.config.fields import describe
from subledger.model.kinds import CARD_TRANSACTION

Accept = Literal["all", "approved", "approved_or_ignored"]


def _not_negative(_instance: object, attribute: "Attribute[Any]", amount: Decimal) -> None:
    if amount < 0:
        raise ValueError(f"{attribute.name} is not negative")


@frozen(kw_only=True)
class ApprovalsConfig:
    """Settings of the step ``approvals``."""

    accept: Accept = field(
        default="all",
        validator=in_(("all", "approved", "approved_or_ignored")),
        metadata=describe(
            "Which records pass: all of them, those a reviewer approved, or those approved or "
            "ignored; a rejected one passes only with all."
        ),
    )
    minimum_amount: Decimal | None = field(
        default=None,
        validator=optional(_not_negative),
        metadata=describe(
            "Records below this amount need no review, in the record's currency; a rejection "
            "counts whatever the amount.",
            example='"25.00"',
        ),
    )
    kinds: tuple[str, ...] = field(
        default=(CARD_TRANSACTION,),
        metadata=describe("Kinds of records that are reviewed in the source; others pass."),
    )

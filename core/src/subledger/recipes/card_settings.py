"""What an owner can set for the card-expenses recipe."""

from typing import Any, Literal

from attrs import Attribute, field, frozen
from attrs.validators import in_

from subledger.config.fields import describe
from subledger.recipes.memo import parse_template

Payee = Literal["normalised", "merchant", "none", "fixed"]


def _template(_instance: object, _attribute: "Attribute[str]", text: str) -> None:
    parse_template(text)


def _named(_instance: object, _attribute: "Attribute[Any]", name: str | None) -> None:
    if name is not None and not name.strip():
        raise ValueError("a name is not empty; leave the setting out instead")


@frozen(kw_only=True)
class CardExpensesSettings:
    """Settings of a flow from a card platform to a general ledger.

    Names of accounts, classes and tax codes are full names as the books show them, such as
    ``Travel:Meals``.
    """

    account: str = field(
        validator=_named,
        metadata=describe(
            "Account of the books that takes every movement of the cards: a bank account for a "
            "prepaid programme, a credit card account for a credit programme.",
            example='"Company Card"',
        ),
    )
    funding_account: str | None = field(
        default=None,
        validator=_named,
        metadata=describe("Account at the other side of transfers into and out of the programme."),
    )
    fee_account: str | None = field(
        default=None,
        validator=_named,
        metadata=describe("Expense account of the programme's own fees."),
    )
    rebate_account: str | None = field(
        default=None,
        validator=_named,
        metadata=describe("Income account of rebates."),
    )
    default_expense_account: str | None = field(
        default=None,
        validator=_named,
        metadata=describe(
            "Expense account of purchases that no tag and no rule maps; without it they wait."
        ),
    )
    default_class: str | None = field(
        default=None,
        validator=_named,
        metadata=describe("Class of lines that have none; transfers never have one."),
    )
    default_tax_code: str | None = field(
        default=None,
        validator=_named,
        metadata=describe(
            "Tax code of purchases that no tag and no rule gives one, for books outside the "
            "United States."
        ),
    )
    payee: Payee = field(
        default="normalised",
        validator=in_(("normalised", "merchant", "none", "fixed")),
        metadata=describe(
            "Vendor of a purchase: the merchant's tidied name (normalised), the name as the card "
            "network sent it (merchant), default_vendor for all (fixed), or none."
        ),
    )
    default_vendor: str | None = field(
        default=None,
        validator=_named,
        metadata=describe(
            "Vendor of fees and rebates, of purchases without a merchant, of all purchases where "
            "payee is fixed, and of unknown merchants where create_vendors is off."
        ),
    )
    create_vendors: bool = field(
        default=True,
        metadata=describe("Create vendors that the books do not have."),
    )
    name_conflict: Literal["hold", "suffix"] = field(
        default="hold",
        validator=in_(("hold", "suffix")),
        metadata=describe(
            "What to do with a merchant whose name belongs to a customer or another list: hold the "
            'record, or create the vendor with the suffix " (Vendor)".'
        ),
    )
    purchases: bool = field(default=True, metadata=describe("Post purchases and their refunds."))
    fees: bool = field(default=True, metadata=describe("Post the programme's fees."))
    transfers: bool = field(
        default=True, metadata=describe("Post money that goes into or out of the programme.")
    )
    rebates: bool = field(default=True, metadata=describe("Post rebates."))
    memo: str = field(
        default="{marker} | {cardholder} | {notes} | {receipts}",
        validator=_template,
        metadata=describe(
            "Template of the memo; {marker} comes first, an empty field takes its separator along. "
            "It also knows {merchant}, {description} and {transaction_date}."
        ),
    )
    receipts: Literal["link", "attach", "none"] = field(
        default="link",
        validator=in_(("link", "attach", "none")),
        metadata=describe(
            "Where receipts go: their links into the memo, their files to the document where the "
            "books take files, or nowhere."
        ),
    )
    number: Literal["source", "none"] = field(
        default="source",
        validator=in_(("source", "none")),
        metadata=describe("Number of the document: the source's number or id, or none."),
    )

    def __attrs_post_init__(self) -> None:
        if self.payee == "fixed" and self.default_vendor is None:
            raise ValueError('payee = "fixed" needs default_vendor')
        others = (self.funding_account, self.fee_account, self.rebate_account)
        for other in (*others, self.default_expense_account):
            if other is not None and other.strip().casefold() == self.account.strip().casefold():
                raise ValueError(f'"{other}" cannot be both sides of a document')

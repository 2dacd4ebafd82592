"""Entities for tests: each is whole and true as it stands, and says only what a test is about.

    purchase(amount="20.00", merchant="Corner Shop")
    invoice(lines=(line("80.00"), line("20.00")), tax=tax("8.00"))

Amounts are texts, Decimals or whole numbers in major units of ``currency``, or
:class:`~subledger.money.Money`; dates are dates or texts such as ``2026-03-02``. Names stand for
list entries of the books. Further keyword arguments are fields of the entity.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from subledger.model import (
    Application,
    Attachment,
    Document,
    Item,
    Kind,
    Line,
    Movement,
    Party,
    Reference,
    Settlement,
    Tax,
    Way,
    kinds,
)
from subledger.money import Money, total

Amount = Money | Decimal | str | int
"""Money, or an amount in major units."""
Date = dt.date | str
"""A date, or its text such as ``2026-03-02``."""

DAY: Final = dt.date(2026, 3, 2)
"""The date of everything that is built without one."""


def money(amount: Amount, currency: str = "USD") -> Money:
    """Exact money. Raises ValueError and TypeError as :meth:`Money.of` does."""
    return amount if isinstance(amount, Money) else Money.of(amount, currency)


def date(day: Date) -> dt.date:
    """A date from a date or its text. Raises ValueError."""
    return day if isinstance(day, dt.date) else dt.date.fromisoformat(day)


def named(kind: Kind, name: str | Reference | None) -> Reference | None:
    """A reference to a list entry by its full name; a reference, and None, as it is."""
    return Reference(kind=kind, name=name) if isinstance(name, str) else name


def line(
    amount: Amount = "12.50",
    *,
    account: str | Reference | None = None,
    item: str | Reference | None = None,
    class_: str | Reference | None = None,
    customer: str | Reference | None = None,
    currency: str = "USD",
    **more: Any,
) -> Line:
    """One line."""
    return Line(
        amount=money(amount, currency),
        account=named(kinds.ACCOUNT, account),
        item=named(kinds.ITEM, item),
        class_=named(kinds.CLASS, class_),
        customer=named(kinds.CUSTOMER, customer),
        **more,
    )


def tax(amount: Amount = "1.00", *, code: str | Reference | None = None, **more: Any) -> Tax:
    """The sales tax of a document."""
    return Tax(amount=money(amount), code=named(kinds.TAX_CODE, code), **more)


# ---------------------------------------------------------------------------- card movements


def movement(
    kind: Kind = kinds.CARD_TRANSACTION,
    id: str = "1001",  # noqa: A002 - the field's own name
    amount: Amount | None = None,
    *,
    way: Way = Way.OUT,
    date: Date = DAY,
    lines: Sequence[Line] = (),
    account: str | Reference | None = None,
    party: str | Reference | None = None,
    currency: str = "USD",
    **more: Any,
) -> Movement:
    """A movement of money, 12.50 where neither amount nor lines say otherwise."""
    whole = _whole(amount, lines, currency)
    return Movement(
        kind=kind,
        id=id,
        way=way,
        amount=whole,
        date=_date(date),
        lines=tuple(lines) or (Line(amount=whole),),
        account=named(kinds.ACCOUNT, account),
        party=named(kinds.VENDOR, party),
        **more,
    )


def purchase(
    id: str = "1001",  # noqa: A002 - the field's own name
    amount: Amount | None = None,
    *,
    merchant: str = "Corner Shop",
    **more: Any,
) -> Movement:
    """Something bought with a card."""
    more.setdefault("merchant_normalised", merchant)
    return movement(kinds.CARD_TRANSACTION, id, amount, merchant=merchant, **more)


def merchant_credit(
    id: str = "1002",  # noqa: A002 - the field's own name
    amount: Amount | None = None,
    **more: Any,
) -> Movement:
    """Money that a merchant gave back to a card."""
    return purchase(id, amount, way=Way.IN, **more)


def fee(id: str = "1003", amount: Amount | None = None, **more: Any) -> Movement:  # noqa: A002 - as above
    """A fee of the card programme."""
    return movement(kinds.FEE, id, amount, **more)


def transfer(id: str = "1004", amount: Amount | None = None, **more: Any) -> Movement:  # noqa: A002 - as above
    """Money that came into the programme; ``way=Way.OUT`` for money that left it."""
    more.setdefault("way", Way.IN)
    return movement(kinds.TRANSFER, id, amount, **more)


def rebate(id: str = "1005", amount: Amount | None = None, **more: Any) -> Movement:  # noqa: A002 - as above
    """Money that the programme gave us."""
    more.setdefault("way", Way.IN)
    return movement(kinds.DEPOSIT, id, amount, **more)


# ------------------------------------------------------------------------------------- lists


def customer(id: str = "7", name: str = "Silva Dental", **more: Any) -> Party:  # noqa: A002 - as above
    """A customer."""
    return Party(kind=kinds.CUSTOMER, id=id, name=name, **more)


def vendor(id: str = "9", name: str = "Corner Shop", **more: Any) -> Party:  # noqa: A002 - as above
    """A vendor."""
    return Party(kind=kinds.VENDOR, id=id, name=name, **more)


def item(id: str = "23", name: str = "Managed workstation", **more: Any) -> Item:  # noqa: A002 - as above
    """A service that is sold."""
    return Item(id=id, name=name, **more)


def refer(entity: Party | Item | Document | Settlement | Movement) -> Reference:
    """A reference to a record of the source, as a document holds it: ``refer(invoice())``."""
    return Reference(kind=entity.kind, record=entity.id, name=getattr(entity, "name", ""))


# ------------------------------------------------------------------------------- documents


def document(
    kind: Kind,
    id: str,  # noqa: A002 - the field's own name
    amount: Amount | None = None,
    *,
    party: Party | Reference | None = None,
    date: Date = DAY,
    lines: Sequence[Line] = (),
    tax: Tax | None = None,
    account: str | Reference | None = None,
    currency: str = "USD",
    **more: Any,
) -> Document:
    """A document; where no lines are given it has one, for the managed workstation."""
    if not lines:
        net = money("12.50", currency) if amount is None else money(amount, currency)
        net = net - tax.amount if tax and amount is not None else net
        lines = (Line(amount=net, item=refer(item()), memo="Work", taxable=tax is not None),)
    whole = _whole(amount, [*lines, *([tax] if tax else [])], currency)
    return Document(
        kind=kind,
        id=id,
        party=_party(kind, party),
        date=_date(date),
        amount=whole,
        lines=tuple(lines),
        tax=tax,
        account=named(kinds.ACCOUNT, account),
        **more,
    )


def invoice(id: str = "2001", amount: Amount | None = None, **more: Any) -> Document:  # noqa: A002 - as above
    """What a customer owes; its number is its id."""
    more.setdefault("number", id)
    return document(kinds.INVOICE, id, amount, **more)


def credit_memo(id: str = "2002", amount: Amount | None = None, **more: Any) -> Document:  # noqa: A002 - as above
    """What a customer got back as a credit."""
    more.setdefault("number", id)
    return document(kinds.CREDIT_MEMO, id, amount, **more)


def sales_receipt(id: str = "2003", amount: Amount | None = None, **more: Any) -> Document:  # noqa: A002 - as above
    """What a customer bought and paid at once."""
    more.setdefault("number", id)
    return document(kinds.SALES_RECEIPT, id, amount, **more)


def refund_receipt(id: str = "2004", amount: Amount | None = None, **more: Any) -> Document:  # noqa: A002 - as above
    """What a customer brought back and was paid for at once."""
    more.setdefault("number", id)
    return document(kinds.REFUND_RECEIPT, id, amount, **more)


def paid_purchase(id: str = "3002", amount: Amount | None = None, **more: Any) -> Document:  # noqa: A002 - as above
    """What we bought and paid at once; the party is a vendor where none is given."""
    more.setdefault("number", id)
    return document(kinds.PURCHASE, id, amount, **more)


def bill(id: str = "3001", amount: Amount | None = None, **more: Any) -> Document:  # noqa: A002 - as above
    """What we owe a vendor."""
    more.setdefault("number", id)
    return document(kinds.BILL, id, amount, **more)


def payment(
    id: str = "4001",  # noqa: A002 - the field's own name
    amount: Amount | None = None,
    *,
    pays: Document | Sequence[Application] = (),
    **more: Any,
) -> Settlement:
    """A customer's payment; ``pays`` is the invoice that it pays, or its applications."""
    return settlement(kinds.PAYMENT, id, amount, pays=pays, **more)


def refund(
    id: str = "4002",  # noqa: A002 - the field's own name
    amount: Amount | None = None,
    *,
    pays: Document | Sequence[Application] = (),
    **more: Any,
) -> Settlement:
    """Money paid back to a customer; ``pays`` is the credit memo that it pays out."""
    return settlement(kinds.REFUND, id, amount, pays=pays, **more)


def bill_payment(
    id: str = "5001",  # noqa: A002 - the field's own name
    amount: Amount | None = None,
    *,
    pays: Document | Sequence[Application] = (),
    **more: Any,
) -> Settlement:
    """Money paid to a vendor; ``pays`` is the bill that it pays."""
    return settlement(kinds.BILL_PAYMENT, id, amount, pays=pays, **more)


def settlement(
    kind: Kind,
    id: str,  # noqa: A002 - the field's own name
    amount: Amount | None = None,
    *,
    pays: Document | Sequence[Application] = (),
    party: Party | Reference | None = None,
    date: Date = DAY,
    account: str | Reference | None = None,
    currency: str = "USD",
    **more: Any,
) -> Settlement:
    """Money that settles documents: as much as they come to, where no amount is given."""
    if isinstance(pays, Document):
        party = party or pays.party
        settles = money(pays.amount if amount is None else amount, currency)
        pays = (Application(document=refer(pays), amount=settles),)
    elif amount is None:
        amount = total([one.amount for one in pays]) if pays else None
    return Settlement(
        kind=kind,
        id=id,
        party=_party(kind, party),
        date=_date(date),
        amount=_whole(amount, pays, currency),
        applications=tuple(pays),
        account=named(kinds.ACCOUNT, account),
        **more,
    )


def attachment(
    belongs_to: Document | Settlement | Movement,
    id: str = "6001",  # noqa: A002 - the field's own name
    *,
    name: str = "receipt.png",
    url: str = "https://files.example/6001",
) -> Attachment:
    """A file that belongs to a document."""
    return Attachment(kind=kinds.ATTACHMENT, id=id, document=refer(belongs_to), name=name, url=url)


_date = date


def _whole(
    amount: Amount | None, parts: Sequence[Line | Tax | Application], currency: str
) -> Money:
    """The amount; what the parts add up to, or 12.50, where none is given."""
    if amount is not None:
        return money(amount, currency)
    if parts:
        return total([part.amount for part in parts])
    return money("12.50", currency)


def _party(kind: Kind, party: Party | Reference | None) -> Reference:
    if isinstance(party, Reference):
        return party
    buys = kind in (
        *(kinds.PURCHASE, kinds.BILL, kinds.BILL_PAYMENT, kinds.VENDOR_CREDIT),
        *(kinds.PURCHASE_ORDER, kinds.ITEM_RECEIPT),
    )
    return refer(party or (vendor() if buys else customer()))

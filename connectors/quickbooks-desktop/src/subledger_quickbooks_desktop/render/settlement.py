"""Payments, payments of bills and refunds as qbXML requests. Pure.

A refund is a Check with a line on the receivables account, which pays the customer's credits out;
where a card refunds, it is an ARRefundCreditCard, the only one that draws on a card account.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import frozen

from subledger.model import Entity, Reference, Settlement
from subledger.model.kinds import (
    BILL,
    BILL_PAYMENT,
    CREDIT_MEMO,
    INVOICE,
    PAYMENT,
    VENDOR_CREDIT,
    Kind,
)
from subledger.money import Money
from subledger_quickbooks_desktop.render.common import (
    LONG_NUMBER_LIMIT,
    Pairs,
    TypeOf,
    account_label,
    document_id,
    needed,
    note,
    number,
    ref,
    rejected,
)

UNCHANGEABLE: Final = frozenset({"BillPaymentCreditCard", "ARRefundCreditCard"})
"""Documents that QuickBooks can add and remove, but not change."""
_CARDS: Final = frozenset(
    {"AmericanExpress", "DebitCard", "Discover", "MasterCard", "OtherCreditCard", "Visa"}
)
"""Types of payment methods that are cards."""
_PAID: Final[Mapping[Kind, tuple[Kind, Kind]]] = {
    PAYMENT: (INVOICE, CREDIT_MEMO),
    BILL_PAYMENT: (BILL, VENDOR_CREDIT),
}
"""What each kind of payment settles, and the credits that it uses."""


@frozen(kw_only=True)
class Share:
    """What one document takes: of the money, and of credits by their identifier.

    A share of nothing takes back what the document had.
    """

    document: str
    payment: Money
    credits: tuple[tuple[str, Money], ...] = ()


def settlement_type(settlement: Settlement, type_of: TypeOf) -> str:
    """The QuickBooks document that a settlement becomes. Raises :class:`RecordRejected`."""
    if settlement.kind == PAYMENT:
        return "ReceivePayment"
    source = settlement.money
    if source is None:
        raise rejected(
            "mapping_missing",
            "account that the money comes from",
            f"the {settlement.kind.replace('_', ' ')} names no account that the money comes from",
        )
    kind = type_of(source)
    if kind not in ("Bank", "CreditCard"):
        raise rejected(
            "account_type",
            account_label(source),
            f"{source.name} is of type {kind or 'unknown'}; money comes from an account of type "
            "Bank or Credit Card",
        )
    if settlement.kind == BILL_PAYMENT:
        return "BillPaymentCheck" if kind == "Bank" else "BillPaymentCreditCard"
    method = settlement.payment_method
    by_card = method is not None and type_of(method) in _CARDS
    if kind == "CreditCard" or (by_card and settlement.applications):
        return "ARRefundCreditCard"
    return "Check"


def settlement_fields(
    settlement: Settlement, kind: str, marker: str, suffix: str, before: Entity | None = None
) -> Pairs:
    """The fields of the request that a settlement becomes. Raises :class:`RecordRejected`.

    ``before`` is the settlement as it was written last: what it does not settle any more is told.
    """
    common = {
        "TxnDate": settlement.date.isoformat(),
        "Memo": note(marker, settlement.memo),
    }
    if kind == "ReceivePayment":
        rows = _applied(settlement, before)
        return [*{**common, **_payment(settlement, suffix, rows)}.items()]
    if kind == "Check":
        return [*{**common, **_check(settlement, suffix)}.items()]
    if kind == "ARRefundCreditCard":
        return [*{**common, **_card_refund(settlement)}.items()]
    rows = _applied(settlement, before)
    return [*{**common, **_bill_payment(settlement, kind, suffix, rows)}.items()]


def shares(settlement: Settlement) -> list[Share]:
    """How the money and the credits are spread: credits first, document by document."""
    target, credit = _PAID[settlement.kind]
    wanted: dict[str, Money] = {}
    held: dict[str, Money] = {}
    for application in settlement.applications:
        kind = application.document.kind
        if kind not in (target, credit):
            raise rejected("validation", kind, f"a {settlement.kind} cannot settle a {kind}")
        into = wanted if kind == target else held
        identifier = document_id(application.document)
        into[identifier] = into.get(identifier, Money(0)) + application.amount
    found = []
    for document, amount in wanted.items():
        used = [*_taken(held, amount)]
        paid = amount
        for _identifier, part in used:
            paid -= part
        found.append(Share(document=document, payment=paid, credits=tuple(used)))
    left = [amount for amount in held.values() if amount]
    if left:
        label = credit.replace("_", " ")
        raise rejected(
            "validation",
            credit,
            f"{left[0]} of a {label} settle nothing; QuickBooks keeps them as credit by itself",
        )
    return found


def _taken(held: dict[str, Money], most: Money) -> Iterator[tuple[str, Money]]:
    """What of the credits goes to a document; they are used up on the way."""
    for identifier, amount in held.items():
        part = min(amount.minor, most.minor)
        if part > 0:
            held[identifier] = amount - Money(part)
            most -= Money(part)
            yield identifier, Money(part)


def _applied(settlement: Settlement, before: Entity | None) -> list[dict[str, Any]]:
    found = shares(settlement)
    if isinstance(before, Settlement):
        found = [*found, *_taken_back(settlement, before)]
    return [
        {
            "TxnID": share.document,
            "PaymentAmount": share.payment.text() if share.payment or not share.credits else None,
            "SetCredit": [
                {"CreditTxnID": identifier, "AppliedAmount": amount.text()}
                for identifier, amount in share.credits
            ],
        }
        for share in found
    ]


def _taken_back(settlement: Settlement, before: Settlement) -> Iterator[Share]:
    """Shares of nothing for the documents that are in the books, and not settled any more.

    A document that a change does not name keeps what it has.
    """
    named = {each.document.id for each in settlement.applications}
    target, _credit = _PAID[settlement.kind]
    for application in before.applications:
        document = application.document
        if document.kind == target and document.id and document.id not in named:
            named.add(document.id)
            yield Share(document=document.id, payment=Money(0))


def _payment(settlement: Settlement, suffix: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "CustomerRef": needed(settlement.party, "customer"),
        "ARAccountRef": ref(settlement.account),
        "RefNumber": number(settlement.number, LONG_NUMBER_LIMIT),
        "TotalAmount": settlement.amount.text(),
        "PaymentMethodRef": ref(settlement.payment_method),
        "DepositToAccountRef": ref(settlement.money) if settlement.amount else None,
        f"AppliedToTxn{suffix}": rows or None,
        "IsAutoApply": "false" if suffix == "Add" and not rows else None,
    }


def _bill_payment(
    settlement: Settlement, kind: str, suffix: str, rows: list[dict[str, Any]]
) -> dict[str, Any]:
    if not settlement.applications or settlement.applied != settlement.amount:
        raise rejected(
            "validation",
            "payment of bills",
            f"{settlement.amount} were paid for bills of {settlement.applied}; QuickBooks Desktop "
            "takes payments of bills only to the cent of the bills",
            "Enter the bill that is paid, or post the rest as a check to the vendor.",
        )
    source = needed(settlement.money, "account that the money comes from")
    by_check = kind == "BillPaymentCheck"
    given = number(settlement.number)
    fields: dict[str, Any] = {
        "BankAccountRef" if by_check else "CreditCardAccountRef": source,
        "RefNumber": given,
        f"AppliedToTxn{suffix}": rows,
    }
    if by_check and not given:
        fields["IsToBePrinted"] = "false"
    if suffix == "Mod":
        return {**fields, "Amount": settlement.amount.text()}
    return {
        **fields,
        "PayeeEntityRef": needed(settlement.party, "vendor"),
        "APAccountRef": ref(settlement.account),
    }


def _refunded(settlement: Settlement) -> list[tuple[str, Money]]:
    return [(document_id(each.document), each.amount) for each in settlement.applications]


def _receivable(settlement: Settlement) -> Reference:
    if settlement.account is None:
        raise rejected(
            "mapping_missing", "receivables account", "the refund names no receivables account"
        )
    return settlement.account


def _check(settlement: Settlement, suffix: str) -> dict[str, Any]:
    """Source: QuickBooks SDK, CheckAdd: a direct refund applies the whole amount of its line."""
    customer = needed(settlement.party, "customer")
    line = {
        "AccountRef": ref(_receivable(settlement)),
        "Amount": settlement.amount.text(),
        "CustomerRef": customer,
        "BillableStatus": "NotBillable",
    }
    whole = settlement.applied == settlement.amount
    return {
        "AccountRef": needed(settlement.money, "account that the money comes from"),
        "PayeeEntityRef": customer,
        "RefNumber": number(settlement.number),
        "IsToBePrinted": "false",
        f"ApplyCheckToTxn{suffix}": [
            {"TxnID": identifier, "Amount": amount.text()}
            for identifier, amount in _refunded(settlement)
        ]
        if whole
        else None,
        f"ExpenseLine{suffix}": [{**({"TxnLineID": "-1"} if suffix == "Mod" else {}), **line}],
    }


def _card_refund(settlement: Settlement) -> dict[str, Any]:
    if not settlement.applications or settlement.applied != settlement.amount:
        raise rejected(
            "validation",
            "refund by card",
            f"{settlement.amount} were refunded by card, but the credits that it pays out are over "
            f"{settlement.applied}; QuickBooks Desktop wants them to be equal",
            "Enter a credit memo for the rest in the source, or refund from a bank account.",
        )
    return {
        "CustomerRef": needed(settlement.party, "customer"),
        "RefundFromAccountRef": ref(settlement.money),
        "ARAccountRef": ref(_receivable(settlement)),
        "RefNumber": number(settlement.number),
        "PaymentMethodRef": ref(settlement.payment_method),
        "RefundAppliedToTxnAdd": [
            {"TxnID": identifier, "RefundAmount": amount.text()}
            for identifier, amount in _refunded(settlement)
        ],
    }

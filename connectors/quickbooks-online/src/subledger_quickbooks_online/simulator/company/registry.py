"""Which rules belong to which entity."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from attrs import frozen

from .books import JSON, Books, Draft, Stored
from .documents import banking, payments, purchases, sales, times
from .ledger import Entry
from .lists import chart, items, parties, plain

Movements = Iterable[tuple[str, Decimal]]


def _no_movements(books: Books, stored: Stored) -> Movements:
    del books, stored
    return ()


def _nothing_computed(books: Books, stored: Stored) -> JSON:
    del books, stored
    return {}


@frozen(kw_only=True)
class DocumentRules:
    """How a document is completed, what it posts, and what it moves in the stock."""

    prepare: Callable[[Books, Draft], None]
    entries: Callable[[Books, Stored], Iterable[Entry]]
    movements: Callable[[Books, Stored], Movements] = _no_movements


@frozen(kw_only=True)
class ListRules:
    """How a list object is completed, what follows from it, what is read from the ledger."""

    prepare: Callable[[Books, Draft], str]
    settle: Callable[[Books, Stored], None] = plain.keep
    computed: Callable[[Books, Stored], JSON] = _nothing_computed


_SALE = DocumentRules(prepare=sales.prepare, entries=sales.entries, movements=sales.movements)
_BILL = DocumentRules(
    prepare=purchases.prepare_bill,
    entries=purchases.bill_entries,
    movements=purchases.movements,
)
_PARTY = ListRules(prepare=parties.prepare, computed=parties.computed)

DOCUMENTS: Mapping[str, DocumentRules] = {
    "Invoice": _SALE,
    "CreditMemo": _SALE,
    "SalesReceipt": _SALE,
    "RefundReceipt": _SALE,
    "Estimate": DocumentRules(prepare=sales.prepare, entries=sales.no_entries),
    "TimeActivity": DocumentRules(prepare=times.prepare, entries=sales.no_entries),
    "Payment": DocumentRules(prepare=payments.prepare_payment, entries=payments.payment_entries),
    "Purchase": DocumentRules(
        prepare=purchases.prepare_purchase,
        entries=purchases.purchase_entries,
        movements=purchases.movements,
    ),
    "Bill": _BILL,
    "VendorCredit": _BILL,
    "PurchaseOrder": DocumentRules(prepare=purchases.prepare_bill, entries=sales.no_entries),
    "BillPayment": DocumentRules(
        prepare=payments.prepare_bill_payment, entries=payments.bill_payment_entries
    ),
    "Deposit": DocumentRules(prepare=banking.prepare_deposit, entries=banking.deposit_entries),
    "Transfer": DocumentRules(prepare=banking.prepare_transfer, entries=banking.transfer_entries),
    "CreditCardPaymentTxn": DocumentRules(
        prepare=banking.prepare_card_payment, entries=banking.card_payment_entries
    ),
    "JournalEntry": DocumentRules(prepare=banking.prepare_journal, entries=banking.journal_entries),
}
LISTS: Mapping[str, ListRules] = {
    "Customer": _PARTY,
    "Vendor": _PARTY,
    "Employee": _PARTY,
    "Account": ListRules(prepare=chart.prepare, computed=chart.computed),
    "Item": ListRules(prepare=items.prepare, settle=items.post, computed=items.computed),
    "Class": ListRules(prepare=plain.prepare_tree),
    "Department": ListRules(prepare=plain.prepare_tree),
    "Term": ListRules(prepare=plain.prepare_term),
    "PaymentMethod": ListRules(prepare=plain.prepare_payment_method),
    "TaxAgency": ListRules(prepare=plain.prepare_agency),
    "CompanyCurrency": ListRules(prepare=plain.prepare_currency),
}

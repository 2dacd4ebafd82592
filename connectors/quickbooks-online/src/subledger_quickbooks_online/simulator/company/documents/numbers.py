"""Document numbers: the next one, and the refusal of one that is taken."""

from __future__ import annotations

from subledger_quickbooks_online.simulator.company import faults
from subledger_quickbooks_online.simulator.company.books import Books, Draft
from subledger_quickbooks_online.simulator.company.kinds import KINDS

SALES_FORMS = ("CreditMemo", "Estimate", "Invoice", "RefundReceipt", "SalesReceipt")
_AUTO = "AUTO_GENERATE"
_BEFORE_FIRST = 1000
_GREATEST_DIGITS = 9


def settle(books: Books, draft: Draft) -> None:
    """Assign the next number where the company numbers itself; 6140 where it is taken."""
    body = draft.body
    sales = draft.entity in SALES_FORMS
    automatic = sales and not books.preference("SalesFormsPrefs.CustomTxnNumbers")
    wished = body.get("DocNumber") == _AUTO and draft.entity in {
        "Invoice",
        "Estimate",
        "SalesReceipt",
    }
    journal = draft.entity == "JournalEntry" and "allowautodocnum" in draft.include
    if wished or ((automatic or journal) and not body.get("DocNumber")):
        old = draft.old.body.get("DocNumber") if draft.old else None
        body["DocNumber"] = old or _next(books, draft)
    elif "DocNumber" in body and _is_checked(books, draft):
        _refuse_duplicate(books, draft)
    _go_on_after(books, draft)


def _go_on_after(books: Books, draft: Draft) -> None:
    """Automatic numbers go on after the greatest one that was used."""
    number = str(draft.body.get("DocNumber", ""))
    if number.isdecimal() and number.isascii() and len(number) <= _GREATEST_DIGITS:
        books.store.count_from(_counter(draft), int(number))


def _is_checked(books: Books, draft: Draft) -> bool:
    if "allowduplicatedocnum" in draft.include:
        return False
    if draft.old is not None and draft.old.body.get("DocNumber") == draft.body["DocNumber"]:
        return False
    custom = books.behaviour.duplicate_numbers == "always"
    if draft.entity in SALES_FORMS:
        return custom or bool(books.preference("SalesFormsPrefs.CustomTxnNumbers"))
    if draft.entity == "Purchase" and draft.body.get("PaymentType") != "Check":
        name = "VendorAndPurchasesPrefs.UseCustomTxnNumbers"
        return custom or books.other_preference(name) == "true"
    warnings = {
        "Purchase": "AccountingInfoPrefs.WarnDuplicateCheckNumber",
        "BillPayment": "AccountingInfoPrefs.WarnDuplicateCheckNumber",
        "Bill": "VendorAndPurchasesPrefs.WarnDuplicateBillNumber",
        "JournalEntry": "AccountingInfoPrefs.WarnDuplicateJournalNumber",
    }
    return books.other_preference(warnings.get(draft.entity, "")) == "true"


def _scope(books: Books, draft: Draft) -> tuple[str, ...]:
    if draft.entity in SALES_FORMS and books.behaviour.duplicate_scope == "sales_forms":
        return SALES_FORMS
    return (draft.entity,)


def _refuse_duplicate(books: Books, draft: Draft) -> None:
    scope = _scope(books, draft)
    marks = ",".join("?" * len(scope))
    vendor = draft.body.get("VendorRef", {}).get("value") if draft.entity == "Bill" else None
    taken = books.find(
        f"doc_number=? AND entity IN ({marks}) AND id<>? ORDER BY number",
        (draft.body["DocNumber"], *scope, draft.id),
    )
    for other in taken:
        if vendor is not None and other.body["VendorRef"]["value"] != vendor:
            continue
        if draft.body.get("PaymentType") != other.body.get("PaymentType"):
            continue
        raise faults.duplicate_number(
            str(other.body["DocNumber"]), KINDS[other.entity].label, other.id
        )


def _counter(draft: Draft) -> str:
    return "number sales" if draft.entity in SALES_FORMS else f"number {draft.entity}"


def _next(books: Books, draft: Draft) -> str:
    if draft.entity in SALES_FORMS:
        books.store.count_from(_counter(draft), _BEFORE_FIRST)
    return str(books.store.count(_counter(draft)))

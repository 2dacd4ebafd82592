"""What QuickBooks answered to a write: the posted document, its guard, its amount. Pure."""

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from subledger.findings import Finding
from subledger.model import PAID_AT_ONCE, Document, Entity, Movement, Settlement, account_of
from subledger.model.kinds import PAYMENT, PURCHASE_ORDER, Kind
from subledger.money import Money
from subledger.ports import BookEntry, Delivery, Posted
from subledger_quickbooks_online.company import Company
from subledger_quickbooks_online.entities import ENTRIES
from subledger_quickbooks_online.postings import Record, Register, identifier, lines, number, total
from subledger_quickbooks_online.render import LISTS, losses

_KINDS: Final[Mapping[str, Kind]] = {name: kind for kind, name in ENTRIES.items()}
_WRITTEN: Final = frozenset(
    {
        *("CustomerRef", "VendorRef", "EntityRef", "AccountRef", "PaymentType", "Credit", "value"),
        *("TxnDate", "DueDate", "PrivateNote", "DocNumber", "CurrencyRef", "DepartmentRef"),
        *("ClassRef", "SalesTermRef", "TermRef", "CustomerMemo", "BillEmail", "Address"),
        *("ARAccountRef", "APAccountRef", "DepositToAccountRef", "PaymentRefNum"),
        *("PaymentMethodRef", "PayType", "CheckPayment", "BankAccountRef", "CreditCardPayment"),
        *("CCAccountRef", "FromAccountRef", "ToAccountRef", "TotalAmt", "Amount", "TxnTaxDetail"),
        *("TotalTax", "TxnTaxCodeRef", "DetailType", "Description", "SalesItemLineDetail"),
        *("ItemRef", "Qty", "UnitPrice", "TaxCodeRef", "DiscountLineDetail", "DiscountAccountRef"),
        *("AccountBasedExpenseLineDetail", "ItemBasedExpenseLineDetail", "DepositLineDetail"),
        *("JournalEntryLineDetail", "PostingType", "Entity", "TxnId"),
        *("DisplayName", "CompanyName", "GivenName", "FamilyName", "PrimaryEmailAddr"),
        *("PrimaryPhone", "Mobile", "FreeFormNumber", "BillAddr", "City", "PostalCode", "Country"),
        *("CountrySubDivisionCode", "Line1", "Line2", "Line3", "Line4", "Line5", "ParentRef"),
        *("Notes", "AcctNum", "Name", "Sku", "PurchaseCost", "Taxable", "Active"),
        *("IncomeAccountRef", "ExpenseAccountRef", "AssetAccountRef"),
    }
)
"""The members that we write: an edit of others is not undone by an update of ours."""


_PLAIN: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def digest(record: Record) -> str:
    """A short hash of what we write of an object, as it stands now."""
    content = _PLAIN(_written(record))  # texts only: what takes no exact numbers is faster
    return hashlib.blake2b(content.encode(), digest_size=8).hexdigest()


def _written(value: Any, *, in_line: bool = False) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        kept = {
            name: _written(inner, in_line=in_line)
            for name, inner in sorted(value.items())
            if name in _WRITTEN or (in_line and name == "LinkedTxn")
        }
        if isinstance(value.get("Line"), list):
            kept["Line"] = [_written(line, in_line=True) for line in lines(value)]
        return {name: inner for name, inner in kept.items() if inner not in (None, "", {}, [])}
    if isinstance(value, list | tuple):
        return [_written(inner, in_line=in_line) for inner in value]
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return format(Decimal(value).normalize(), "f")
    return value


def guard_of(record: Record) -> str:
    """What an update must show: the version, and a hash of what we wrote."""
    return f"{record.get('SyncToken', '')}:{digest(record)}"


def token_of(guard: str) -> str:
    """The SyncToken in a guard."""
    return guard.partition(":")[0]


def was_edited(record: Record, guard: str) -> bool:
    """Whether a person changed the object since the guard was taken.

    A payment that was applied moves an invoice's version as well, but not the hash.
    """
    _, colon, known = guard.partition(":")
    return not colon or digest(record) != known


def holds(record: Any, body: Any) -> bool:
    """Whether an object says everything that a body says; what QuickBooks adds does not count."""
    if isinstance(body, Mapping):
        if not isinstance(record, Mapping):
            return False
        return all(
            _same_lines(record, inner)
            if name == "Line" and isinstance(inner, list)
            else holds(record.get(name), inner)
            for name, inner in body.items()
            if name not in ("TxnTaxDetail", "sparse", "SyncToken")
        )
    if isinstance(body, list | tuple):
        return (
            isinstance(record, list)
            and len(record) == len(body)
            and all(holds(*pair) for pair in zip(record, body, strict=True))
        )
    if isinstance(body, Decimal | int) and not isinstance(body, bool):
        return isinstance(record, Decimal | int | None) and number(record) == body
    if isinstance(body, str) and isinstance(record, str):
        return record.casefold() == body.casefold()
    return bool(record == body) or (body in (None, "", False) and record in (None, "", False))


def _same_lines(record: Record, wanted: list[Any]) -> bool:
    found = sorted(lines(record), key=_is_discount)
    meant = sorted(wanted, key=_is_discount)
    return len(found) == len(meant) and all(
        holds(line, _as_kept(each)) for line, each in zip(found, meant, strict=True)
    )


def _is_discount(line: Any) -> bool:
    """QuickBooks shows discounts last, after the subtotal, wherever they were written."""
    return isinstance(line, Mapping) and line.get("DetailType") == "DiscountLineDetail"


def _as_kept(line: Any) -> Any:
    """A line without an amount that includes the tax: QuickBooks shows the net one in its place."""
    detail = line.get(line.get("DetailType", "")) if isinstance(line, Mapping) else None
    if isinstance(detail, Mapping) and "TaxInclusiveAmt" in detail:
        return {name: value for name, value in line.items() if name != "Amount"}
    return line


def is_void(record: Record) -> bool:
    """Whether a document was voided: zero, and its note says so."""
    return "void" in str(record.get("PrivateNote", "")).casefold() and not number(
        record.get("TotalAmt")
    )


def posted(
    entity: str,
    record: Record,
    delivery: Delivery,
    company: Company,
    *,
    recovered: bool = False,
    warnings: tuple[Finding, ...] = (),
) -> Posted:
    """The outcome of a write that the books took."""
    meant = delivery.entity
    return Posted(
        type=entity,
        id=str(record.get("Id", "")),
        guard=guard_of(record),
        amount=amount_of(entity, record, meant, company),
        account=_account_of(record, meant, company),
        entry=entry_of(_KINDS[entity], record) if entity in LISTS else None,
        recovered=recovered,
        warnings=(*warnings, *_unlinked(record, meant), *losses(meant, company)),
    )


def _account_of(record: Record, meant: Entity, company: Company) -> str:
    """The account that the amount is about; of a receipt that names none, where its money is."""
    named = account_of(meant)
    if named is None and meant.kind in PAID_AT_ONCE:
        found = company.accounts.get(identifier(record, "DepositToAccountRef"))
        return found.name if found else ""
    return named.name if named else ""


def amount_of(entity: str, record: Record, meant: object, company: Company) -> Money | None:
    """The signed change of the entity's account, as QuickBooks reports the document."""
    if isinstance(meant, Document | Settlement):
        if meant.kind == PURCHASE_ORDER:
            return None
        money = Money.of(total(entity, record), meant.amount.currency)
        debits = meant.debits if isinstance(meant, Document) else meant.kind != PAYMENT
        return money if debits else -money
    if isinstance(meant, Movement) and meant.account is not None:
        account = company.account(meant.account)
        if account is None:
            return None
        return Register(account).change(entity, record, meant.amount.currency)
    return None


def _unlinked(record: Record, meant: object) -> tuple[Finding, ...]:
    """QuickBooks drops links that it does not accept, and takes the payment all the same."""
    if not isinstance(meant, Settlement) or "Line" not in record:
        return ()
    linked = sum(bool(line.get("LinkedTxn")) for line in lines(record))
    if meant.kind not in ("payment", "bill_payment") or linked >= len(meant.applications):
        return ()
    return (
        Finding(
            category="amount_mismatch",
            subject=f"payment {meant.id}",
            message=f"QuickBooks linked {linked} of {len(meant.applications)} documents to it",
            hint="Look whether the other documents are paid or void in QuickBooks.",
        ),
    )


def removed(entity: str, delivery: Delivery, *, recovered: bool = False) -> Posted:
    """The outcome of a removal."""
    target = delivery.target
    return Posted(type=entity, id=target.id if target else "", recovered=recovered)


def entry_of(kind: Kind, record: Record) -> BookEntry:
    """A list entry as the API returns it; an inactive one under the name that it had."""
    name = str(record.get("FullyQualifiedName") or record.get("DisplayName") or record.get("Name"))
    active = record.get("Active") is not False
    email = record.get("PrimaryEmailAddr")
    return BookEntry(
        kind=kind,
        id=str(record["Id"]),
        name=name if active else without_deleted(name),
        active=active,
        subtype=_subtype(record),
        guard=guard_of(record),
        number=str(record.get("AcctNum") or record.get("Sku") or ""),
        email=str(email.get("Address") or "") if isinstance(email, Mapping) else "",
    )


def without_deleted(name: str) -> str:
    """A name without the ``(deleted)`` that QuickBooks appends to inactive ones."""
    stem, mark, rest = name.rpartition(" (deleted")
    return stem if mark and (rest == ")" or rest.rstrip(")").strip().isdecimal()) else name


def _subtype(record: Record) -> str:
    if "TaxGroup" in record:
        return "group" if record["TaxGroup"] else "code"
    return str(record.get("AccountType") or record.get("Type") or "")

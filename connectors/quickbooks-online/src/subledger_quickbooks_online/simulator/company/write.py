"""Create, update, void and delete: the steps that are the same for every entity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from . import check, faults, ledger, references
from .books import JSON, Books, Draft, Stored, ref
from .documents import currency, exchange, header, links, payments
from .kinds import KINDS, SPELLING, Kind
from .ledger import name_cents
from .lists import naming
from .money import money
from .registry import DOCUMENTS, LISTS
from .singles import update_single

_OWN = ("_next", "_void", "_tax_override", "_links", "_start", "_account", "_level")
_LOCKED = ("TotalAmt", "DepositToAccountRef", "TxnDate", "CustomerRef")


def kind_of(entity: str, operation: str) -> Kind:
    """The entity, however it is spelled; 500 for one that does not exist."""
    kind = KINDS.get(SPELLING.get(entity.casefold(), ""))
    if kind is None:
        raise faults.unsupported_operation(entity, operation)
    return kind


def create(
    books: Books, entity: str, body: Mapping[str, Any], options: Mapping[str, str]
) -> Stored:
    """A new object from what was sent."""
    kind = kind_of(entity, "create")
    if not kind.creatable:
        raise faults.unsupported_operation(kind.entity, "create")
    sent = check.clean(kind.entity, body, books.behaviour)
    draft = Draft(entity=kind.entity, id="", sent=body, body=sent, include=_include(options))
    _complete(books, draft)
    stored = Stored(entity=kind.entity, id="", body=draft.body)
    if kind.is_transaction:
        _prepare_document(books, draft)
        stored.id = books.new_id(kind.entity)
        books.insert(stored)
        _settle_document(books, stored)
        _apply_credit(books, stored)
    elif kind.entity in LISTS:
        key = LISTS[kind.entity].prepare(books, draft)
        stored.id = books.new_id(kind.entity)
        stored.active = draft.body.get("Active", True)
        books.insert(stored, key)
        LISTS[kind.entity].settle(books, stored)
    else:
        stored.id = books.new_id(kind.entity)
        _file(books, stored)
        books.insert(stored)
    return stored


def update(
    books: Books, entity: str, body: Mapping[str, Any], options: Mapping[str, str]
) -> Stored:
    """An object with what was sent: sparse keeps the rest, full resets it."""
    kind = kind_of(entity, "update")
    if not kind.updatable:
        raise faults.unsupported_operation(kind.entity, "update")
    if "void" in _include(options):
        return void(books, entity, body)
    old = _current(books, kind, body)
    if kind.entity in {"CompanyInfo", "Preferences"}:
        return update_single(books, old, body)
    draft = Draft(
        entity=kind.entity,
        id=old.id,
        sent=body,
        body=_merged(kind, old, body, books),
        old=old,
        include=_include(options),
    )
    if kind.is_transaction:
        _refuse_locked(books, kind, old)
    _complete(books, draft)
    stored = Stored(
        entity=kind.entity,
        id=old.id,
        body=draft.body,
        sync_token=old.sync_token,
        created=old.created,
    )
    if kind.is_transaction:
        _update_document(books, draft, stored)
    elif kind.entity in LISTS:
        _update_list_object(books, draft, stored)
    else:
        _file(books, stored)
        books.save(stored)
    return stored


def void(books: Books, entity: str, body: Mapping[str, Any]) -> Stored:
    """The document with nothing left in it."""
    kind = kind_of(entity, "void")
    if not kind.voidable:
        raise faults.unsupported_operation(kind.entity, "void")
    stored = _current(books, kind, body)
    _refuse_locked(books, kind, stored)
    if links.is_deposited(books, stored.id):
        raise faults.deposited()
    _unlink(books, stored)
    header.zero(stored)
    if "Line" in stored.body and kind.entity in {"Payment", "BillPayment"}:
        stored.body["Line"] = []
    stored.body.pop("LinkedTxn", None)
    stored.body["_links"] = []
    books.save(stored, "Void")
    return stored


def delete(books: Books, entity: str, body: Mapping[str, Any]) -> Stored:
    """Take the document away, and it out of everything that links to it."""
    kind = kind_of(entity, "delete")
    if not kind.deletable:
        raise faults.unsupported_operation(kind.entity, "delete")
    stored = _current(books, kind, body)
    if kind.is_transaction:
        _refuse_locked(books, kind, stored)
        if links.is_deposited(books, stored.id):
            raise faults.deposited()
        _unlink(books, stored)
    books.remove(stored)
    return stored


# Steps ------------------------------------------------------------------------------------------


def _include(options: Mapping[str, str]) -> frozenset[str]:
    words = options.get("include", "").replace(" ", "")
    return frozenset(word for word in words.split(",") if word)


def _current(books: Books, kind: Kind, body: Mapping[str, Any]) -> Stored:
    """The object that is meant, if its SyncToken is the current one."""
    if not body.get("Id"):
        raise faults.missing("Id")
    wanted = str(body["Id"])
    if kind.entity == "CompanyInfo" and wanted == books.realm:
        wanted = "1"
    if not wanted.isdigit():
        raise faults.invalid_id(wanted)
    stored = books.get(kind.entity, wanted)
    if stored is None:
        raise faults.not_found(
            "Another user has deleted this transaction." if kind.is_transaction else ""
        )
    token = body.get("SyncToken")
    if token in (None, ""):
        raise faults.missing("SyncToken")
    if not str(token).isdigit():
        raise faults.invalid_number("SyncToken", token)
    ahead = int(str(token)) > stored.sync_token
    accepted = ahead and books.behaviour.newer_sync == "accept"
    if int(str(token)) != stored.sync_token and not accepted:
        raise faults.stale(kind.entity, books.behaviour.user)
    return stored


def _merged(kind: Kind, old: Stored, body: Mapping[str, Any], books: Books) -> JSON:
    sent = check.clean(kind.entity, body, books.behaviour)
    if str(body.get("sparse", "")).casefold() != "true":
        kept = {name: old.body[name] for name in _OWN if name in old.body}
        return {**sent, **kept}
    cleared = {name for name, value in body.items() if value in (None, "", [])}
    return {name: value for name, value in old.body.items() if name not in cleared} | sent


def _complete(books: Books, draft: Draft) -> None:
    check.require(draft.entity, draft.body)
    references.strip(draft.body)
    references.check(books, draft.entity, draft.body, draft.old)


def _prepare_document(books: Books, draft: Draft) -> None:
    DOCUMENTS[draft.entity].prepare(books, draft)
    if KINDS[draft.entity].posting:
        header.check_closed(books, draft.body["TxnDate"])


def _settle_document(books: Books, stored: Stored) -> None:
    """The ledger, the stock and the linked documents."""
    rules = DOCUMENTS[stored.entity]
    void = bool(stored.body.get("_void"))
    _post(books, stored)
    ledger.move_stock(books, stored.id, () if void else rules.movements(books, stored))
    links.replace(books, stored, Counter() if void else links.held_by(stored))


def _post(books: Books, stored: Stored) -> None:
    void = bool(stored.body.get("_void"))
    rows = () if void else DOCUMENTS[stored.entity].entries(books, stored)
    ledger.post(books, stored.id, currency.in_home(books, stored, rows))


def _post_again(books: Books, payers: list[Stored]) -> None:
    """The rows of payments anew, after a document changed at whose rate they were counted."""
    for payer in payers:
        stored = books.transaction(payer.id)
        if stored is not None:
            _post(books, stored)


def _update_document(books: Books, draft: Draft, stored: Stored) -> None:
    old = draft.old
    if old is None:  # pragma: no cover - an update has an old one
        return
    locked = links.is_deposited(books, stored.id)
    if locked and books.behaviour.deposited_lock == "all":
        raise faults.deposited()
    payers = exchange.payers(books, old)
    _prepare_document(books, draft)
    if locked and any(_plain(draft.body, name) != _plain(old.body, name) for name in _LOCKED):
        raise faults.deposited()
    if ref(draft.body, "CustomerRef") != ref(old.body, "CustomerRef") or ref(
        draft.body, "VendorRef"
    ) != ref(old.body, "VendorRef"):
        links.drop_target(books, old)
    if stored.body.get("TotalAmt"):
        stored.body.pop("_void", None)
    links.derive(books, stored)
    if stored.body.get("Balance", 0) < 0:
        links.trim(books, stored)
    books.save(stored)
    _settle_document(books, stored)
    _post_again(books, payers)


def _plain(body: JSON, name: str) -> Any:
    value = body.get(name)
    return value.get("value") if isinstance(value, dict) else value


def _update_list_object(books: Books, draft: Draft, stored: Stored) -> None:
    old = draft.old
    rules = LISTS[draft.entity]
    key = rules.prepare(books, draft)
    stored.active = draft.body.get("Active", True)
    if old is not None and old.active and not stored.active and draft.entity == "Customer":
        _write_off(books, old)
    books.save(stored, unique_name=key)
    rules.settle(books, stored)
    if "FullyQualifiedName" in stored.body:
        naming.replace_children(books, stored)


def _write_off(books: Books, customer: Stored) -> None:
    """A customer that goes away with a balance leaves a credit memo that balances it."""
    owed = name_cents(books, "Accounts Receivable", customer.id)
    if owed <= 0:
        return
    item = books.other_preference("SalesFormsPrefs.DefaultItem")
    line = {
        "Amount": money(owed),
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {
            "ItemRef": {"value": item},
            **({"TaxCodeRef": {"value": "NON"}} if books.is_us else {}),
        },
    }
    body = {
        "CustomerRef": {"value": customer.id},
        "GlobalTaxCalculation": None if books.is_us else "NotApplicable",
        "Line": [line],
    }
    create(books, "CreditMemo", body, {})


def _apply_credit(books: Books, stored: Stored) -> None:
    """QuickBooks applies open credit memos to invoices by itself where that is switched on."""
    if stored.entity not in {"Invoice", "CreditMemo"} or not books.preference(
        "SalesFormsPrefs.AutoApplyCredit"
    ):
        return
    customer = ref(stored.body, "CustomerRef")
    other = "CreditMemo" if stored.entity == "Invoice" else "Invoice"
    left = stored.body["TotalAmt"]
    for each in list(payments.open_items(books, customer, other)):
        part = min(left, each.body["Balance"])
        if part <= 0:
            break
        left -= part
        lines = [
            {"Amount": part, "LinkedTxn": [{"TxnId": txn.id, "TxnType": txn.entity}]}
            for txn in (stored, each)
        ]
        body = {"CustomerRef": {"value": customer}, "TotalAmt": money(0), "Line": lines}
        create(books, "Payment", body, {})


def _unlink(books: Books, stored: Stored) -> None:
    payers = exchange.payers(books, stored)
    links.drop_target(books, stored)
    links.replace(books, stored, Counter())
    ledger.post(books, stored.id, ())
    ledger.move_stock(books, stored.id, ())
    _post_again(books, payers)


def _refuse_locked(books: Books, kind: Kind, stored: Stored) -> None:
    if stored.body.get("_matched"):
        raise faults.matched_to_bank()
    if kind.posting:
        header.check_closed(books, stored.body["TxnDate"])


def _file(books: Books, stored: Stored) -> None:
    """An attachment must hang on documents that exist."""
    body = stored.body
    if not body.get("FileName") and not body.get("Note"):
        raise faults.missing("FileName")
    for each in body.get("AttachableRef", []):
        entity, found = each.get("EntityRef", {}).get("type", ""), ref(each, "EntityRef")
        kind = KINDS.get(SPELLING.get(str(entity).casefold(), ""))
        if kind is None or books.get(kind.entity, found) is None:
            raise faults.invalid_reference(str(entity), found, "AttachableRef")
    if body.get("FileName"):
        body["FileAccessUri"] = f"/v3/company/{books.realm}/download/{stored.id}"

"""Endpoints that list transactions: the ``Details`` windows and the newer pages."""

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from .model import Transaction
from .query import Query, RefusedError, Window
from .routing import Call, Reply, Row
from .seen import Seen, seen_at
from .vocabulary import APPROVALS, CATEGORY, CATEGORY_ID, TYPE
from .wire import transaction, transaction_result


def _in_window(item: Transaction, window: Window, *, by_settlement: bool) -> bool:
    if by_settlement and item.settlement_wall is not None:
        return item.settlement_wall in window
    return item.time_wall in window


def _windowed(call: Call, keep: Callable[[Transaction], bool]) -> list[Seen]:
    """What a ``Details`` request asks for: window first, then pendings and declines if wanted."""
    window = Window.of(call.query)
    pendings, declines = call.query.flag("IncludePendings"), call.query.flag("IncludeDeclines")
    bill_pay = call.query.flag("IncludeVendorBillPay", default=True)
    by_settlement = call.simulation.behaviour.window_field == "settlement"
    found, now = [], call.now
    for item in call.simulation.transactions:
        if (
            not _in_window(item, window, by_settlement=by_settlement and item.is_settled_at(now))
            or not keep(item)
            or (item.is_bill_pay and not bill_pay)
        ):
            continue
        seen = seen_at(item, now)
        if seen is None or (seen.is_pending and not pendings):
            continue
        if item.is_decline and not declines:
            continue
        found.append(seen)
    return found


def _listed(call: Call, found: list[Seen]) -> Reply:
    rows = [transaction(seen, numeric=call.numeric) for seen in found]
    pages = {"Page": 1, "PageSize": len(rows), "TotalItems": len(rows)}
    return Reply(body={"TransactionList": rows, "Pages": pages}, is_list=True)


def _on_business(call: Call) -> Callable[[Transaction], bool]:
    account = call.simulation.business.account_id
    return lambda item: item.account_id == account


def _on_cards(call: Call) -> Callable[[Transaction], bool]:
    account = call.simulation.business.account_id
    return lambda item: item.account_id != account


def _on_card(call: Call) -> Callable[[Transaction], bool]:
    account = call.id("account")
    if all(person.account_id != account for person in call.simulation.business.cardholders):
        raise RefusedError(404, "Account not found")
    return lambda item: item.account_id == account


def all_cardholder_transactions(call: Call) -> Reply:
    """Every card's transactions in a window."""
    return _listed(call, _windowed(call, _on_cards(call)))


def all_cardholder_transaction_count(call: Call) -> Reply:
    """How many the same request would list."""
    return Reply(body=len(_windowed(call, _on_cards(call))))


def business_transactions(call: Call) -> Reply:
    """The business account's transactions in a window."""
    return _listed(call, _windowed(call, _on_business(call)))


def card_transactions(call: Call) -> Reply:
    """One card account's transactions in a window."""
    return _listed(call, _windowed(call, _on_card(call)))


def network_transactions(call: Call) -> Reply:
    """Card network transactions of all cards, or of one."""
    keep = _on_card(call) if "account" in call.parameters else _on_cards(call)
    return _listed(call, _windowed(call, lambda item: keep(item) and TYPE[item.kind] == "Network"))


SORT_KEYS: dict[str, Callable[[Seen], Any]] = {
    "transactiontime": lambda seen: (seen.transaction.time, seen.id),
    "amount": lambda seen: (seen.cents, seen.id),
    "description": lambda seen: (seen.transaction.description, seen.id),
}


def _amount_fits(cents: int, query: Query) -> bool:
    exact, low, high = (query.cents(n) for n in ("equalsAmount", "minAmount", "maxAmount"))
    return (
        (exact is None or cents == exact)
        and (low is None or cents >= low)
        and (high is None or cents <= high)
    )


def _found(call: Call, keep: Callable[[Seen], bool]) -> Iterator[Seen]:
    window, query = Window.of_paged(call.query), call.query
    only, without = set(query.texts("onlyCategoryIds")), set(query.texts("notCategoryIds"))
    for item in call.simulation.transactions:
        if item.time_wall not in window:
            continue
        seen = seen_at(item, call.now)
        if seen is None or not keep(seen) or not _amount_fits(seen.cents, query):
            continue
        category = str(CATEGORY_ID[CATEGORY[item.kind]])
        if (only and category not in only) or category in without:
            continue
        yield seen


def _paged(call: Call, keep: Callable[[Seen], bool]) -> Reply:
    query = call.query
    index = query.number("pageIndex", 1, low=1, high=2_147_483_647)
    page = query.number("page", index, low=1, high=2_147_483_647)
    size = query.number("pageSize", 100, low=1, high=1000)
    sort_by, order_by = query.text("sortBy", "TransactionTime"), query.text("orderBy", "Desc")
    if sort_by.lower() not in SORT_KEYS or order_by.lower() not in {"asc", "desc"}:
        raise RefusedError(400, "sortBy or orderBy has an unknown value")
    key = SORT_KEYS[sort_by.lower()]
    rows = sorted(_found(call, keep), key=key, reverse=order_by.lower() == "desc")
    part = rows[(page - 1) * size : page * size]
    business = call.simulation.business.account_id
    return Reply(
        body={
            "Results": [transaction_result(seen, business) for seen in part],
            "Pagination": {
                "SortBy": sort_by,
                "OrderBy": order_by,
                "PageIndex": page,
                "PageSize": size,
                "ResultsCount": len(part),
                "TotalCount": len(rows),
            },
        },
        is_list=True,
    )


def _card_scope(call: Call) -> Callable[[Transaction], bool]:
    return _on_card(call) if "account" in call.parameters else _on_cards(call)


def _is_transaction(call: Call) -> Callable[[Seen], bool]:
    scope = _card_scope(call)
    return lambda seen: scope(seen.transaction) and not seen.transaction.is_decline


def _is_purchase(call: Call) -> Callable[[Seen], bool]:
    scope = _card_scope(call)
    wanted = {name.lower() for name in call.query.texts("approval")}
    if wanted - {name.lower() for name in APPROVALS}:
        raise RefusedError(400, "approval has an unknown value")
    return lambda seen: (
        scope(seen.transaction)
        and not seen.transaction.is_decline
        and TYPE[seen.transaction.kind] == "Network"
        and (not wanted or seen.approval.lower() in wanted)
    )


def _is_decline(call: Call) -> Callable[[Seen], bool]:
    scope = _card_scope(call)
    return lambda seen: scope(seen.transaction) and seen.transaction.is_decline


def _is_business(call: Call) -> Callable[[Seen], bool]:
    scope = _on_business(call)
    return lambda seen: scope(seen.transaction)


Filter: TypeAlias = Callable[[Call], Callable[[Seen], bool]]


def _page_of(which: Filter) -> Callable[[Call], Reply]:
    return lambda call: _paged(call, which(call))


def _one_of(which: Filter) -> Callable[[Call], Reply]:
    def run(call: Call) -> Reply:
        seen = call.simulation.find(call.id("id"))
        if seen is None or not which(call)(seen):
            raise RefusedError(404, "Transaction not found")
        return Reply(body=transaction_result(seen, call.simulation.business.account_id))

    return run


ROWS: tuple[Row, ...] = (
    ("GET", "Details/AllCardholderTransactions", all_cardholder_transactions),
    ("GET", "Details/AllCardholderTransactionCount", all_cardholder_transaction_count),
    ("GET", "Details/TransactionDetails", business_transactions),
    ("GET", "Details/TransactionDetails/{account}", card_transactions),
    ("GET", "Details/NetworkTransactions", network_transactions),
    ("GET", "Details/{account}/NetworkTransactions", network_transactions),
    ("GET", "Transactions/Business/Transactions", _page_of(_is_business)),
    ("GET", "Transactions/Business/Transactions/{id}", _one_of(_is_business)),
    ("GET", "Transactions/Cardholder/Transactions", _page_of(_is_transaction)),
    ("GET", "Transactions/Cardholder/Transactions/{id}", _one_of(_is_transaction)),
    ("GET", "Transactions/Cardholder/{account}/Transactions", _page_of(_is_transaction)),
    ("GET", "Transactions/Cardholder/{account}/Transactions/{id}", _one_of(_is_transaction)),
    ("GET", "Transactions/Cardholder/Purchases", _page_of(_is_purchase)),
    ("GET", "Transactions/Cardholder/Purchases/{id}", _one_of(_is_purchase)),
    ("GET", "Transactions/Cardholder/{account}/Purchases", _page_of(_is_purchase)),
    ("GET", "Transactions/Cardholder/{account}/Purchases/{id}", _one_of(_is_purchase)),
    ("GET", "Transactions/Cardholder/Declines", _page_of(_is_decline)),
    ("GET", "Transactions/Cardholder/{account}/Declines", _page_of(_is_decline)),
)

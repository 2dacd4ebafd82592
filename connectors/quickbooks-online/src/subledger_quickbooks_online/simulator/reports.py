"""`GET /reports/{name}`: statements, ledger and lists of the books over some days."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from .call import Call
from .company import Posting
from .company.accounts import TYPES
from .company.kinds import KINDS
from .envelope import Payload
from .refusals import not_readable, unsupported
from .report_form import blank, cell, money, party, row, section, title, whole
from .report_statements import Account, balance_sheet, profit_and_loss

_LEDGER = (
    ("Date", "tx_date", "Date"),
    ("Transaction Type", "txn_type", "String"),
    ("Num", "doc_num", "String"),
    ("Name", "name", "String"),
    ("Memo/Description", "memo", "String"),
    ("Amount", "subt_nat_amount", "Money"),
    ("Balance", "rbal_nat_amount", "Money"),
)
_LIST = (
    ("Date", "tx_date", "Date"),
    ("Transaction Type", "txn_type", "String"),
    ("Num", "doc_num", "String"),
    ("Posting", "is_no_post", "Boolean"),
    ("Name", "name", "String"),
    ("Memo/Description", "memo", "String"),
    ("Account", "account_name", "String"),
    ("Split", "other_account", "String"),
    ("Amount", "subt_nat_amount", "Money"),
)
_MONEY = frozenset({"Bank", "Credit Card", "Accounts Receivable", "Accounts Payable"})
"""Where one of these accounts is posted to, the document is listed under it."""


def report(call: Call, name: str) -> Payload:
    """A report over `start_date` to `end_date`; CompanyFault 500 for one that is not made."""
    today = call.simulation.now.astimezone(ZoneInfo(call.company.behaviour.time_zone)).date()
    last = _day(call, "end_date", today)
    month = (_day(call, "start_date", last.replace(day=1)), last)
    year = (_day(call, "start_date", last.replace(month=1, day=1)), last)
    match name.lower():
        case "trialbalance":
            return _trial_balance(call, month)
        case "generalledger":
            return _general_ledger(call, month)
        case "transactionlist":
            return _transaction_list(call, month)
        case "profitandloss":
            return profit_and_loss(call, _accounts(call), _postings(call), year)
        case "balancesheet":
            return balance_sheet(call, _accounts(call), _postings(call), year)
    raise unsupported(f"report {name}")


def _day(call: Call, name: str, default: date) -> date:
    text = call.options.get(name, "")
    try:
        return date.fromisoformat(text) if text else default
    except ValueError as wrong:
        raise not_readable(f"{name} is no date: {text}") from wrong


def _entries(call: Call) -> Iterator[tuple[date, Mapping[str, Any], Posting]]:
    """Every posting with its document and day."""
    for document in call.company.documents():
        for posting in call.company.postings(document["Id"]):
            yield date.fromisoformat(document["TxnDate"]), document, posting


def _postings(call: Call) -> Iterator[tuple[date, Posting]]:
    return ((day, posting) for day, _, posting in _entries(call))


def _accounts(call: Call) -> Mapping[str, Account]:
    """Every account by its full name."""
    found: dict[str, Account] = {}
    statement = "select * from Account where Active in (true, false) startposition {} maxresults {}"
    size = 1000
    while True:
        page = call.company.query(statement.format(len(found) + 1, size)).get("Account", ())
        found |= {one["FullyQualifiedName"]: one for one in page}
        if len(page) < size:
            return found


def _account(name: str, accounts: Mapping[str, Account]) -> Payload:
    return cell(name, accounts[name]["Id"])


def _trial_balance(call: Call, days: tuple[date, date]) -> Payload:
    balances: defaultdict[str, Decimal] = defaultdict(Decimal)
    for day, _, posting in _entries(call):
        if day <= days[1]:
            balances[posting.account] += posting.amount
    accounts = _accounts(call)
    rows: list[Payload] = [
        row(
            _account(name, accounts),
            money(max(amount, Decimal())),
            money(max(-amount, Decimal())),
        )
        for name, amount in sorted(balances.items())
        if amount
    ]
    total = sum((amount for amount in balances.values() if amount > 0), Decimal())
    summary = [cell("TOTAL"), cell(money(total)), cell(money(total))]
    rows.append(section((), (), summary, "GrandTotal"))
    columns = (
        ("", "account", "Account"),
        ("Debit", "debit", "Money"),
        ("Credit", "credit", "Money"),
    )
    return whole(call, "TrialBalance", columns, rows, days)


def _general_ledger(call: Call, days: tuple[date, date]) -> Payload:
    first, last = days
    by_account: defaultdict[str, list[tuple[date, Mapping[str, Any], Posting]]] = defaultdict(list)
    for entry in sorted(_entries(call), key=lambda one: (one[0], int(one[1]["Id"]))):
        if entry[0] <= last:
            by_account[entry[2].account].append(entry)
    accounts = _accounts(call)
    sections = []
    for name, entries in sorted(by_account.items()):
        balance = sum((one.amount for day, _, one in entries if day < first), Decimal())
        rows, total = [], Decimal()
        for day, document, posting in entries:
            if day >= first:
                balance += posting.amount
                total += posting.amount
                rows.append(_ledger_row(day, document, posting, balance))
        if rows or balance:
            heading = [_account(name, accounts), *blank(6)]
            summary = [cell(f"Total for {name}"), *blank(4), cell(money(total)), *blank(1)]
            sections.append(section(heading, rows, summary))
    return whole(call, "GeneralLedger", _LEDGER, sections, days)


def _ledger_row(
    day: date, document: Mapping[str, Any], posting: Posting, balance: Decimal
) -> Payload:
    return row(
        cell(day.isoformat()),
        cell(title(document), document["Id"]),
        document.get("DocNumber", ""),
        party(document),
        document.get("PrivateNote", ""),
        money(posting.amount),
        money(balance),
    )


def _transaction_list(call: Call, days: tuple[date, date]) -> Payload:
    accounts = _accounts(call)
    documents = [
        one
        for one in call.company.documents()
        if days[0] <= date.fromisoformat(one["TxnDate"]) <= days[1]
    ]
    documents.sort(key=lambda one: (one["TxnDate"], int(one["Id"])))
    rows = [_listed(one, call.company.postings(one["Id"]), accounts) for one in documents]
    return whole(call, "TransactionList", _LIST, rows, days)


def _listed(
    document: Mapping[str, Any], postings: list[Posting], accounts: Mapping[str, Account]
) -> Payload:
    """A document under its account of money, with the amount as that account's side shows it."""
    names = list(dict.fromkeys(one.account for one in postings))
    own = next((one for one in names if accounts[one]["AccountType"] in _MONEY), "".join(names[:1]))
    others = [one for one in names if one != own]
    amount = Decimal(document.get("TotalAmt") or 0)
    if own:
        amount = sum((one.amount for one in postings if one.account == own), Decimal())
        amount *= TYPES[accounts[own]["AccountType"]].sign
    is_posting = KINDS[document["entity"]].posting
    return row(
        document["TxnDate"],
        cell(title(document), document["Id"]),
        document.get("DocNumber", ""),
        "Yes" if is_posting else "No",
        party(document),
        document.get("PrivateNote", ""),
        _account(own, accounts) if own else "",
        others[0] if len(others) == 1 else "-Split-" if others else "",
        money(amount),
    )

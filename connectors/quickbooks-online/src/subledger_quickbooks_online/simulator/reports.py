"""`GET /reports/{name}`: the trial balance and the general ledger, in the shape of all reports."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from .call import Call
from .company import Posting
from .envelope import Payload
from .refusals import not_readable, unsupported

_LEDGER = (
    ("Date", "tx_date", "Date"),
    ("Transaction Type", "txn_type", "String"),
    ("Num", "doc_num", "String"),
    ("Name", "name", "String"),
    ("Memo/Description", "memo", "String"),
    ("Amount", "subt_nat_amount", "Money"),
    ("Balance", "rbal_nat_amount", "Money"),
)
_PURCHASES = {"Check": "Check", "CreditCard": "Credit Card Expense", "Cash": "Expense"}
_TITLES = {
    "BillPayment": "Bill Payment",
    "CreditCardPaymentTxn": "Credit Card Payment",
    "CreditMemo": "Credit Memo",
    "JournalEntry": "Journal Entry",
    "RefundReceipt": "Refund",
    "SalesReceipt": "Sales Receipt",
    "VendorCredit": "Vendor Credit",
}


def report(call: Call, name: str) -> Payload:
    """A report over `start_date` to `end_date`; CompanyFault 500 for one that is not made."""
    today = call.simulation.now.astimezone(ZoneInfo(call.company.behaviour.time_zone)).date()
    last = _day(call, "end_date", today)
    match name.lower():
        case "trialbalance":
            first = _day(call, "start_date", last.replace(day=1))
            return _trial_balance(call, first, last)
        case "generalledger":
            first = _day(call, "start_date", last.replace(day=1))
            return _general_ledger(call, first, last)
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


def _account_ids(call: Call) -> Mapping[str, str]:
    found = call.company.query(
        "select * from Account where Active in (true, false) maxresults 1000"
    )
    return {one["FullyQualifiedName"]: one["Id"] for one in found.get("Account", ())}


def _trial_balance(call: Call, first: date, last: date) -> Payload:
    balances: defaultdict[str, Decimal] = defaultdict(Decimal)
    for day, _, posting in _entries(call):
        if day <= last:
            balances[posting.account] += posting.amount
    ids = _account_ids(call)
    rows: list[Payload] = [
        _row(_account(name, ids), _money(max(amount, Decimal())), _money(max(-amount, Decimal())))
        for name, amount in sorted(balances.items())
        if amount
    ]
    total = sum((amount for amount in balances.values() if amount > 0), Decimal())
    rows.append(
        {
            "group": "GrandTotal",
            "type": "Section",
            "Summary": {"ColData": [_cell("TOTAL"), _cell(_money(total)), _cell(_money(total))]},
        }
    )
    columns = (
        ("", "account", "Account"),
        ("Debit", "debit", "Money"),
        ("Credit", "credit", "Money"),
    )
    return _report(call, "TrialBalance", columns, rows, (first, last))


def _general_ledger(call: Call, first: date, last: date) -> Payload:
    by_account: defaultdict[str, list[tuple[date, Mapping[str, Any], Posting]]] = defaultdict(list)
    for entry in sorted(_entries(call), key=lambda one: (one[0], int(one[1]["Id"]))):
        if entry[0] <= last:
            by_account[entry[2].account].append(entry)
    ids = _account_ids(call)
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
            sections.append(
                {
                    "Header": {"ColData": [_account(name, ids), *_blank(6)]},
                    "Rows": {"Row": rows},
                    "Summary": {
                        "ColData": [
                            _cell(f"Total for {name}"),
                            *_blank(4),
                            _cell(_money(total)),
                            *_blank(1),
                        ]
                    },
                    "type": "Section",
                }
            )
    return _report(call, "GeneralLedger", _LEDGER, sections, (first, last))


def _ledger_row(
    day: date, document: Mapping[str, Any], posting: Posting, balance: Decimal
) -> Payload:
    party: Mapping[str, str] = next(
        (document[key] for key in ("CustomerRef", "VendorRef", "EntityRef") if key in document), {}
    )
    return _row(
        _cell(day.isoformat()),
        {"value": _title(document), "id": document["Id"]},
        document.get("DocNumber", ""),
        {"value": party.get("name", ""), "id": party.get("value", "")},
        document.get("PrivateNote", ""),
        _money(posting.amount),
        _money(balance),
    )


def _title(document: Mapping[str, Any]) -> str:
    entity = str(document["entity"])
    if entity == "Purchase":
        if document.get("Credit"):
            return "Credit Card Credit"
        return _PURCHASES[document["PaymentType"]]
    return _TITLES.get(entity, entity)


def _cell(value: str) -> Payload:
    return {"value": value}


def _blank(count: int) -> list[Payload]:
    return [_cell("")] * count


def _account(name: str, ids: Mapping[str, str]) -> Payload:
    return {"value": name, "id": ids.get(name, "")}


def _money(amount: Decimal) -> str:
    return f"{amount:.2f}" if amount else ""


def _row(*cells: Payload | str) -> Payload:
    data = [_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    return {"ColData": data, "type": "Data"}


def _report(
    call: Call,
    name: str,
    columns: Iterable[tuple[str, str, str]],
    rows: Sequence[Payload],
    days: tuple[date, date],
) -> Payload:
    zone = ZoneInfo(call.company.behaviour.time_zone)
    return {
        "Header": {
            "Time": call.simulation.now.astimezone(zone).isoformat(timespec="seconds"),
            "ReportName": name,
            "ReportBasis": call.options.get("accounting_method", "Accrual"),
            "StartPeriod": days[0].isoformat(),
            "EndPeriod": days[1].isoformat(),
            "Currency": "USD",
            "Option": [{"Name": "NoReportData", "Value": "false" if rows else "true"}],
        },
        "Columns": {
            "Column": [
                {
                    "ColTitle": title,
                    "ColType": sort,
                    "MetaData": [{"Name": "ColKey", "Value": key}],
                }
                for title, key, sort in columns
            ]
        },
        "Rows": {"Row": list(rows)},
    }

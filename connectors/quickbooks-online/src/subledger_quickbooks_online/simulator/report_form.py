"""The shape that all reports have: a header, columns, and rows of cells that are text."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from .call import Call
from .envelope import Payload

_PURCHASES = {"Check": "Check", "CreditCard": "Credit Card Expense", "Cash": "Expense"}
_TITLES = {
    "BillPayment": "Bill Payment",
    "CreditCardPaymentTxn": "Credit Card Payment",
    "CreditMemo": "Credit Memo",
    "JournalEntry": "Journal Entry",
    "PurchaseOrder": "Purchase Order",
    "RefundReceipt": "Refund",
    "SalesReceipt": "Sales Receipt",
    "VendorCredit": "Vendor Credit",
}


def title(document: Mapping[str, Any]) -> str:
    """What QuickBooks calls a document where a person reads it."""
    entity = str(document["entity"])
    if entity == "Purchase":
        if document.get("Credit"):
            return "Credit Card Credit"
        return _PURCHASES[document["PaymentType"]]
    return _TITLES.get(entity, entity)


def party(document: Mapping[str, Any]) -> Payload:
    """The customer, vendor or employee of a document, as a cell."""
    found: Mapping[str, str] = next(
        (document[key] for key in ("CustomerRef", "VendorRef", "EntityRef") if key in document), {}
    )
    return cell(found.get("name", ""), found.get("value", ""))


def cell(value: str, id_: str | None = None) -> Payload:
    """One cell; `id_` is the Id of what it names."""
    return {"value": value} if id_ is None else {"value": value, "id": id_}


def blank(count: int) -> list[Payload]:
    """So many empty cells."""
    return [cell("")] * count


def money(amount: Decimal) -> str:
    """An amount with two decimals, nothing for zero."""
    return f"{amount:.2f}" if amount else ""


def row(*cells: Payload | str) -> Payload:
    """A row of data."""
    data = [cell(each) if isinstance(each, str) else each for each in cells]
    return {"ColData": data, "type": "Data"}


def section(
    heading: Sequence[Payload], rows: Sequence[Payload], summary: Sequence[Payload], group: str = ""
) -> Payload:
    """Rows with a heading and a sum; a section without rows has a sum only."""
    found: dict[str, Any] = {}
    if heading:
        found = {"Header": {"ColData": list(heading)}, "Rows": {"Row": list(rows)}}
    found |= {"Summary": {"ColData": list(summary)}, "type": "Section"}
    return found | ({"group": group} if group else {})


def whole(
    call: Call,
    name: str,
    columns: Iterable[tuple[str, str, str]],
    rows: Sequence[Payload],
    days: tuple[date, date],
) -> Payload:
    """The report; `columns` are title, key and type. The basis is always accrual."""
    zone = ZoneInfo(call.company.behaviour.time_zone)
    found = {
        "Header": {
            "Time": call.simulation.now.astimezone(zone).isoformat(timespec="seconds"),
            "ReportName": name,
            "ReportBasis": "Accrual",
            "StartPeriod": days[0].isoformat(),
            "EndPeriod": days[1].isoformat(),
            "Currency": "USD",
            "Option": [{"Name": "NoReportData", "Value": "false" if rows else "true"}],
        },
        "Columns": {
            "Column": [
                {
                    "ColTitle": heading,
                    "ColType": sort,
                    "MetaData": [{"Name": "ColKey", "Value": key}],
                }
                for heading, key, sort in columns
            ]
        },
        "Rows": {"Row": list(rows)},
    }
    return {"Report": found}

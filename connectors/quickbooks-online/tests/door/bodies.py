"""A small body for each entity; a place holds references to what it needs."""

from decimal import Decimal


def sale(place):
    detail = {"ItemRef": place.item, "Qty": 2, "UnitPrice": 50}
    line = {"Amount": 100, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
    return {"CustomerRef": place.customer, "Line": [line]}


def cost(place):
    return [
        {
            "Amount": Decimal("42.17"),
            "DetailType": "AccountBasedExpenseLineDetail",
            "AccountBasedExpenseLineDetail": {"AccountRef": place.expense},
        }
    ]


def posting(side, account):
    detail = {"PostingType": side, "AccountRef": account}
    return {
        "Amount": Decimal("12.5"),
        "DetailType": "JournalEntryLineDetail",
        "JournalEntryLineDetail": detail,
    }


NAMES = {
    "Account": lambda _: {"Name": "Fuel", "AccountType": "Expense"},
    "Class": lambda _: {"Name": "Clinic"},
    "Customer": lambda _: {"DisplayName": "Blue Clinic", "GivenName": "Ann"},
    "Department": lambda _: {"Name": "Berlin"},
    "Employee": lambda _: {"GivenName": "Ann", "FamilyName": "Lee"},
    "Item": lambda p: {"Name": "Advice", "Type": "Service", "IncomeAccountRef": p.income},
    "PaymentMethod": lambda _: {"Name": "Voucher", "Type": "NON_CREDIT_CARD"},
    "Term": lambda _: {"Name": "Net 17", "DueDays": 17},
    "Vendor": lambda _: {"DisplayName": "Northwind Paper", "TaxIdentifier": "1234"},
}
TRANSACTIONS = {
    "Bill": lambda p: {"VendorRef": p.vendor, "Line": cost(p)},
    "BillPayment": lambda p: {
        "VendorRef": p.vendor,
        "PayType": "Check",
        "TotalAmt": 20,
        "CheckPayment": {"BankAccountRef": p.bank},
        "Line": [],
    },
    "CreditMemo": sale,
    "Deposit": lambda p: {
        "DepositToAccountRef": p.bank,
        "Line": [
            {
                "Amount": 20,
                "DetailType": "DepositLineDetail",
                "DepositLineDetail": {"AccountRef": p.income},
            }
        ],
    },
    "Estimate": sale,
    "Invoice": sale,
    "JournalEntry": lambda p: {"Line": [posting("Debit", p.expense), posting("Credit", p.bank)]},
    "Payment": lambda p: {"CustomerRef": p.customer, "TotalAmt": 25},
    "Purchase": lambda p: {"PaymentType": "CreditCard", "AccountRef": p.card, "Line": cost(p)},
    "PurchaseOrder": lambda p: {"VendorRef": p.vendor, "Line": cost(p)},
    "RefundReceipt": lambda p: {**sale(p), "DepositToAccountRef": p.bank},
    "SalesReceipt": sale,
    "Transfer": lambda p: {"FromAccountRef": p.bank, "ToAccountRef": p.savings, "Amount": 120},
    "VendorCredit": lambda p: {"VendorRef": p.vendor, "Line": cost(p)},
}
HOURS = {
    "TimeActivity": lambda p: {
        "NameOf": "Vendor",
        "VendorRef": p.vendor,
        "Hours": 1,
        "Minutes": 30,
    },
}

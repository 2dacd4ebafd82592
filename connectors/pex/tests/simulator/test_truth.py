"""The independent total of what moved the balance."""

from datetime import timedelta
from decimal import Decimal


async def test_the_total_by_transaction_equals_the_sum_of_the_accounts(pex):
    """Two independent counts, by kind without internal moves and by account with them, agree."""
    truth = await pex.admin("GET", "truth")
    assert truth["total"] == sum(truth["accounts"].values())
    assert truth["total"] == sum(row["cents"] for row in truth["transactions"].values())
    assert truth["total"] == sum(truth["by_kind"].values())
    assert sum(truth["internal"].values()) == 0
    assert truth["internal"]
    assert truth["count"] == len(truth["transactions"])


async def test_the_balances_on_the_wire_are_the_truth(pex):
    """Business balance and card balances add up to everything that moved the balance."""
    truth = await pex.admin("GET", "truth")
    details = await pex.get("Details/AccountDetails")
    balance = await pex.get("Business/Balance")
    cards = sum(row["LedgerBalance"] for row in details["CHAccountList"])
    assert balance["BusinessAccountBalance"] == details["BusinessAccountBalance"]
    assert (balance["BusinessAccountBalance"] + cards) * 100 == truth["total"]


async def test_reading_everything_over_http_gives_the_truth(pex):
    """Fourteen-day windows over both lists hold exactly the transactions of the truth."""
    truth = await pex.admin("GET", "truth")
    read: dict[str, Decimal] = {}
    begin = pex.simulation.business.first_day
    while begin <= pex.simulation.business.today:
        end = begin + timedelta(days=13)
        window = {"StartDate": f"{begin}T00:00:00", "EndDate": f"{end}T23:59:59"}
        for path in ("AllCardholderTransactions", "TransactionDetails"):
            for row in await pex.rows(f"Details/{path}", **window):
                if not row["TransferToOrFromAccountId"]:
                    assert str(row["TransactionId"]) not in read
                    read[str(row["TransactionId"])] = row["TransactionAmount"] * 100
        begin = end + timedelta(days=1)
    assert read == {key: row["cents"] for key, row in truth["transactions"].items()}


async def test_the_truth_follows_the_clock_and_the_admin(pex, landmark):
    """A pending purchase enters the total when it settles, and only then."""
    before = await pex.admin("GET", "truth")
    pending = landmark("pending")
    assert str(pending) not in before["transactions"]
    await pex.admin("POST", f"transactions/{pending}/settle", {"amount": "-43.22"})
    after = await pex.admin("GET", "truth")
    assert after["transactions"][str(pending)]["cents"] == -4322
    assert after["total"] == before["total"] - 4322


async def test_the_truth_gives_the_expected_lines(pex, landmark):
    """Split lines carry the transaction's sign, and a defective split is marked."""
    rows = (await pex.admin("GET", "truth"))["transactions"]
    example = rows[str(landmark("split_example"))]
    assert [(line["cents"], line["tags"]["GL Account"]) for line in example["lines"]] == [
        (-5000, "Office Supplies"),
        (-3640, "Medical Supplies"),
    ]
    refund = rows[str(landmark("split_refund"))]
    assert [line["cents"] for line in refund["lines"]] == [1500, 1501]
    defects = [row["landmark"] for row in rows.values() if not row["lines_add_up"]]
    assert defects == ["split_defective"]


async def test_what_a_credit_business_owes_is_spending_less_payments(pex_credit):
    """For a credit programme the payments of the invoices are part of the truth."""
    truth = await pex_credit.admin("GET", "truth")
    assert truth["total"] == sum(truth["accounts"].values())
    paid = 0
    for invoice in await pex_credit.get("Invoices"):
        for payment in await pex_credit.get(f"Invoice/{invoice['InvoiceId']}/payments"):
            if not payment["RejectedByBank"]:
                sign = -1 if payment["Type"] == "RebateCreditReversal" else 1
                paid += sign * int(payment["Amount"] * 100)
    assert truth["paid"] == paid
    assert truth["owed"] == -truth["total"] - paid
    balance = await pex_credit.get("Business/Balance")
    assert balance["BusinessAccountBalance"] * 100 == 5_000_000 - truth["owed"]

"""Transactions on the wire: shapes, tags, pendings and declines, pages."""

import json
import time
from decimal import Decimal

import pytest

FIELDS = {
    *("TransactionId", "AcctId", "TransactionTime", "MerchantLocalTime", "HoldTime"),
    *("SettlementTime", "AuthTransactionId", "TransactionAmount", "PaddingAmount"),
    *("TransactionType", "Description", "TransactionNotes", "IsPending", "IsDecline"),
    *("MerchantName", "MerchantNameNormalized", "MerchantUrl", "MerchantLogoUrl"),
    *("MerchantIconUrl", "MerchantCity", "MerchantState", "MerchantZip", "MerchantCountry"),
    *("MCCCode", "TransferToOrFromAccountId", "AuthIdentityResponseCode", "MerchantId"),
    *("TerminalId", "NetworkTransactionId", "SourceCurrencyCodeDescription"),
    *("SourceCurrencyNumericCode", "SourceAmount", "TransactionTags"),
    *("MetadataApprovalStatus", "TransactionTypeCategory"),
}


async def by_id(pex, path="Details/AllCardholderTransactions", **query):
    return {row["TransactionId"]: row for row in await pex.rows(path, **query)}


async def test_a_transaction_has_the_documented_fields(pex, landmark):
    """Card and business lists share one shape."""
    cards = await pex.get("Details/AllCardholderTransactions")
    business = await pex.rows("Details/TransactionDetails")
    for row in [*cards["TransactionList"], *business]:
        assert set(row) == FIELDS
        assert isinstance(row["TransactionAmount"], Decimal)
    assert cards["Pages"]["TotalItems"] == len(cards["TransactionList"])
    row = {r["TransactionId"]: r for r in cards["TransactionList"]}[landmark("split_example")]
    assert row["TransactionAmount"] == Decimal("-86.40")
    assert row["TransactionTime"] == "2026-03-01T09:14:31"
    assert row["MerchantLocalTime"] == "2026-03-01T08:14:31"
    assert row["SettlementTime"] == "2026-03-03T02:10:00"
    assert (row["TransactionType"], row["TransactionTypeCategory"]) == ("Network", "Spend")
    assert row["TransactionTags"]["State"] == "Selected"


async def test_business_rows_carry_their_category(pex, landmark):
    """Funding, fees, rebates and internal moves are told apart by category."""
    rows = await by_id(pex, "Details/TransactionDetails")
    found = {
        name: (rows[landmark(name)]["TransactionTypeCategory"], rows[landmark(name)]["Description"])
        for name in ("ach_credit", "ach_debit", "wire_in", "monthly_fee", "shipping_fee", "rebate")
    }
    assert found == {
        "ach_credit": ("BusinessFunding", "ACH Credit"),
        "ach_debit": ("BusinessFunding", "ACH Debit"),
        "wire_in": ("BusinessFunding", "Wire In"),
        "monthly_fee": ("BusinessAccountFee", "Monthly Account Fee"),
        "shipping_fee": ("BusinessAccountFee", "Card Shipping Fee"),
        "rebate": ("BusinessRebate", "Rebate Credit"),
    }
    assert {row["AcctId"] for row in rows.values()} == {48211}
    assert any(row["TransferToOrFromAccountId"] == 910233 for row in rows.values())
    cards = await by_id(pex)
    assert cards[landmark("isa_fee")]["TransactionTypeCategory"] == "CardAccountFee"
    dispute = cards[landmark("dispute")]
    assert (dispute["TransactionType"], dispute["TransactionTypeCategory"]) == (
        "Transfer",
        "Dispute",
    )


async def test_split_tags_are_json_inside_strings(pex, landmark):
    """Every split is an entry of the same field whose value is parsed once more."""
    rows = await by_id(pex)
    row = rows[landmark("split_example")]
    values = [json.loads(tag["Value"]) for tag in row["TransactionTags"]["Tags"]]
    assert [value["Amount"] for value in values] == ["50.00", "36.40"]
    assert all(isinstance(tag["Value"], str) for tag in row["TransactionTags"]["Tags"])
    assert len({tag["FieldId"] for tag in row["TransactionTags"]["Tags"]}) == 1
    assert [pair["Value"] for pair in values[1]["Allocation"]] == [
        "Medical Supplies",
        "Field Services",
    ]
    assert len(rows[landmark("split_many")]["TransactionTags"]["Tags"]) == 4
    defective = rows[landmark("split_defective")]
    amounts = [
        Decimal(json.loads(tag["Value"])["Amount"]) for tag in defective["TransactionTags"]["Tags"]
    ]
    assert sum(amounts) != abs(defective["TransactionAmount"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("inactive_account", "Postage"),
        ("account_prefix", "201 · Equipment"),
        ("deleted_option", "Printing"),
        ("unknown_tag", "who knows"),
        ("with_job", "Vehicle Repairs"),
    ],
)
async def test_awkward_tag_values_are_there_to_be_found(pex, landmark, name, value):
    """Values that cannot be posted as they are occur, each once, under a known name."""
    row = (await by_id(pex))[landmark(name)]
    assert row["TransactionTags"]["Tags"][0]["Value"] == value


async def test_untagged_and_default_tags_say_initial(pex, landmark):
    """A person who never chose tags leaves the state Initial."""
    rows = await by_id(pex)
    assert rows[landmark("untagged")]["TransactionTags"] == {
        "Tags": [],
        "State": "Initial",
        "FieldsVersion": rows[landmark("untagged")]["TransactionTags"]["FieldsVersion"],
    }
    assert rows[landmark("defaults_only")]["TransactionTags"]["State"] == "Initial"
    assert rows[landmark("defaults_only")]["TransactionTags"]["Tags"]


async def test_pendings_and_declines_come_only_when_asked_for(pex, landmark):
    """Without the flags a list holds settled rows only."""
    plain = await by_id(pex)
    assert not any(row["IsPending"] or row["IsDecline"] for row in plain.values())
    assert all(row["SettlementTime"] for row in plain.values())
    pendings = await by_id(pex, IncludePendings="True")
    row = pendings[landmark("pending")]
    assert row["IsPending"]
    assert row["SettlementTime"] is None
    assert not any(row["IsDecline"] for row in pendings.values())
    declines = await by_id(pex, IncludeDeclines="True")
    assert declines[landmark("decline")]["IsDecline"]
    count = await pex.get("Details/AllCardholderTransactionCount", IncludeDeclines="True")
    assert count == len(declines)


async def test_a_pending_row_can_change_its_id_and_amount_when_it_settles(pex, landmark):
    """A tip settles under another id and amount; the authorisation id links the two."""
    pendings = await by_id(pex, IncludePendings="True")
    settled_id = landmark("tip")
    assert settled_id not in pendings
    [before] = [
        row
        for row in pendings.values()
        if row["MerchantName"]
        and row["IsPending"]
        and row["TransactionAmount"] == Decimal("-50.00")
    ]
    await pex.admin("POST", "clock", {"days": 2})
    after = (await by_id(pex))[settled_id]
    assert after["TransactionAmount"] == Decimal("-60.00")
    assert after["AuthTransactionId"] == before["AuthTransactionId"] == before["TransactionId"]
    assert after["NetworkTransactionId"] == before["NetworkTransactionId"]
    assert before["TransactionId"] not in await by_id(pex, IncludePendings="True")


async def test_a_hold_that_is_released_disappears(pex, landmark):
    """A dropped hold never settles."""
    assert landmark("released_hold") in await by_id(pex, IncludePendings="True")
    await pex.admin("POST", "clock", {"days": 6})
    assert landmark("released_hold") not in await by_id(pex, IncludePendings="True")


async def test_a_purchase_lives_from_pending_to_approved(pex, landmark):
    """Pending, then settled, then tagged, then approved: each step shows on its day."""
    name = landmark("journey")
    assert name not in await by_id(pex)
    story = []
    for _ in range(4):
        await pex.admin("POST", "clock", {"days": 2})
        row = (await by_id(pex))[name]
        story.append((len(row["TransactionTags"]["Tags"]), row["MetadataApprovalStatus"]))
    assert story == [(0, "NotReviewed"), (2, "NotReviewed"), (2, "NotReviewed"), (2, "Approved")]


async def test_vendor_bill_pay_rows_can_be_left_out(pex):
    """Vendor cards are listed by default and left out on request."""
    everything = await by_id(pex)
    without = await by_id(pex, IncludeVendorBillPay="False")
    assert {row["AcctId"] for key, row in everything.items() if key not in without} == {910238}


async def test_one_card_lists_only_its_own(pex):
    """The id behind TransactionDetails is a card account."""
    rows = await pex.rows("Details/TransactionDetails/910234")
    assert {row["AcctId"] for row in rows} == {910234}
    network = await pex.rows("Details/910234/NetworkTransactions")
    assert {row["TransactionType"] for row in network} == {"Network"}
    assert len(network) < len(rows)
    assert len(await pex.rows("Details/NetworkTransactions")) > len(network)
    assert (await pex.call("GET", "/v4/Details/TransactionDetails/5"))[0] == 404


async def test_pages_hold_every_row_once(pex):
    """Pages of any size together give the whole, newest first."""
    seen, page = [], 1
    while True:
        body = await pex.get("Transactions/Cardholder/Purchases", page=page, pageSize=250)
        assert set(body["Pagination"]) == {
            *("SortBy", "OrderBy", "PageIndex", "PageSize", "ResultsCount", "TotalCount")
        }
        if not body["Results"]:
            break
        seen += body["Results"]
        page += 1
    assert len({row["TransactionId"] for row in seen}) == len(seen)
    assert len(seen) == body["Pagination"]["TotalCount"]
    times = [row["TransactionTime"] for row in seen]
    assert times[0] > times[-1]
    assert body["Pagination"]["PageSize"] == 250


async def test_pages_filter_and_sort(pex):
    """Amounts, approval, category and order narrow the list."""
    path = "Transactions/Cardholder/910233/Purchases"
    body = await pex.get(path, minAmount="-100", maxAmount="-50", sortBy="Amount", orderBy="Asc")
    amounts = [row["Amount"] for row in body["Results"]]
    assert amounts == sorted(amounts)
    assert all(-100 <= amount <= -50 for amount in amounts)
    assert amounts
    approved = await pex.get(path, approval="Approved", pageSize=1000)
    assert {row["Approval"] for row in approved["Results"]} == {"Approved"}
    declines = await pex.get("Transactions/Cardholder/Declines")
    assert declines["Results"]
    business = await pex.get("Transactions/Business/Transactions", pageSize=1000)
    category = business["Results"][0]["Category"]["Id"]
    only = await pex.get("Transactions/Business/Transactions", onlyCategoryIds=category)
    assert {row["Category"]["Id"] for row in only["Results"]} == {category}
    row = only["Results"][0]
    assert await pex.get(f"Transactions/Business/Transactions/{row['TransactionId']}") == row
    assert (await pex.call("GET", "/v4/Transactions/Business/Transactions/1"))[0] == 404


@pytest.mark.parametrize(
    "query",
    ["pageSize=0", "pageSize=1001", "page=0", "sortBy=Colour", "orderBy=Up", "minAmount=x",
     "onDate=2026-01-01T00:00:00&minDate=2026-01-01T00:00:00"],
)  # fmt: skip
async def test_pages_refuse_bad_parameters(pex, query):
    """A parameter outside its range is a 400, not a guess."""
    path = "/v4/Transactions/Cardholder/Transactions?"
    assert (await pex.call("GET", path + query))[0] == 400


async def test_a_window_of_fourteen_days_is_served_quickly(pex):
    """Serving a window takes less than fifty milliseconds of work."""
    spent = []
    for _ in range(5):
        begin = time.process_time()
        await pex.rows(StartDate="2026-03-01T00:00:00", EndDate="2026-03-14T23:59:59")
        spent.append(time.process_time() - begin)
    assert min(spent) < 0.05

"""Tags, receipts, notes and invoices on the wire."""

from base64 import b64decode
from decimal import Decimal

import pytest


async def row_of(pex, number, **query):
    rows = await pex.rows(**query)
    return next(row for row in rows if row["TransactionId"] == number)


async def test_tag_definitions_have_the_documented_shape(pex):
    """A dropdown lists its options: people see names, transactions carry values."""
    tags = {tag["Name"]: tag for tag in await pex.get("Business/Configuration/Tags")}
    account = tags["GL Account"]
    assert account["Type"] == "Dropdown"
    assert account["IsRequired"]
    assert set(account) == {
        *("Id", "Name", "Type", "Description", "Order", "IsRequired", "IsEnabled", "IsDeleted"),
        *("ConcurrencyKey", "CreatedDateUtc", "UpdatedDateUtc", "DeletedDateUtc", "Options"),
    }
    hotel = next(option for option in account["Options"] if option["Value"] == "Travel:Hotel")
    assert hotel["Name"] == "Hotel"
    values = {option["Value"] for option in account["Options"]}
    assert {"Postage", "201 · Equipment"} <= values
    assert "Printing" not in values
    assert {name: tag["Type"] for name, tag in tags.items() if not tag["IsDeleted"]} == {
        "GL Account": "Dropdown",
        "Class": "Dropdown",
        "Customer": "Dropdown",
        "Split": "Allocation",
        "Project note": "Text",
        "Billable": "YesNo",
    }
    assert await pex.get(f"Business/Configuration/Tag/{account['Id']}") == account
    assert (await pex.call("GET", f"/v4/Business/Configuration/Tag/{'0' * 24}"))[0] == 404


async def test_a_business_without_tags_answers_an_error(pex, landmark):
    """With tags switched off every tag endpoint is refused, and the settings say so."""
    await pex.admin("PUT", "behaviour", {"tags_enabled": False})
    number = landmark("split_example")
    for path in ("Business/Configuration/Tags", f"Transactions/{number}/Tags"):
        status, body = await pex.call("GET", f"/v4/{path}")
        assert status == 403
        assert set(body) == {"Message"}
    assert not (await pex.get("Business/Settings"))["TagsEnabled"]


async def test_tags_of_one_transaction_come_with_definitions_and_a_key(pex, landmark):
    """The concurrency key changes with the tags."""
    path = f"Transactions/{landmark('late_tags')}/Tags"
    before = await pex.get(path)
    assert before["Values"] == []
    await pex.admin("POST", "clock", {"days": 3})
    after = await pex.get(path)
    assert [value["Definition"]["Name"] for value in after["Values"]] == ["GL Account", "Class"]
    assert after["ConcurrencyKey"] != before["ConcurrencyKey"]


async def test_receipts_come_in_every_state(pex, landmark):
    """Loaded receipts have content; unloaded and infected ones do not."""
    states = {}
    for name in ("receipt_loaded", "receipt_late", "receipt_malware", "receipt_never"):
        body = await pex.get(f"Transactions/{landmark(name)}/Attachments")
        assert set(body) == {"Attachments", "ApprovalStatus"}
        states[name] = [one["UploadStatus"] for one in body["Attachments"]]
    assert states == {
        "receipt_loaded": ["Loaded", "Loaded"],
        "receipt_late": ["NotLoaded"],
        "receipt_malware": ["HasMalware"],
        "receipt_never": ["NotLoaded"],
    }
    await pex.admin("POST", "clock", {"days": 2})
    body = await pex.get(f"Transactions/{landmark('receipt_late')}/Attachments")
    assert body["Attachments"][0]["UploadStatus"] == "Loaded"


async def test_the_content_of_a_receipt_is_base64_or_a_link(pex, landmark):
    """Full gives the bytes, of the stated size; the default gives a URL that leads to them."""
    number = landmark("receipt_loaded")
    image, pdf = (await pex.get(f"Transactions/{number}/Attachments"))["Attachments"]
    assert image["Link"]["related"].startswith(pex.url)
    path = f"Transactions/{number}/Attachment/"
    full = await pex.get(path + image["AttachmentId"], AttachmentLinkType="Full")
    data = b64decode(full["Content"])
    assert data.startswith(b"\x89PNG")
    assert len(data) == full["Size"]
    assert "Link" not in full
    full = await pex.get(path + pdf["AttachmentId"], AttachmentLinkType="full")
    assert b64decode(full["Content"]).startswith(b"%PDF")
    link = await pex.get(path + image["AttachmentId"])
    status, body = await pex.call("GET", link["Content"].removeprefix(pex.url))
    assert status == 200
    assert b64decode(body["Content"]) == data


@pytest.mark.parametrize("name", ["receipt_malware", "receipt_never"])
async def test_a_receipt_that_is_not_loaded_has_no_content(pex, landmark, name):
    """There is nothing to fetch, which is a 404."""
    number = landmark(name)
    [one] = (await pex.get(f"Transactions/{number}/Attachments"))["Attachments"]
    path = f"/v4/Transactions/{number}/Attachment/{one['AttachmentId']}"
    assert (await pex.call("GET", path, AttachmentLinkType="Full"))[0] == 404


async def test_no_receipts_is_a_404(pex, landmark):
    """A transaction without receipts answers 404, as does one that does not exist."""
    for number in (landmark("untagged"), 5):
        status, body = await pex.call("GET", f"/v4/Transactions/{number}/Attachments")
        assert (status, set(body)) == (404, {"Message"})


async def test_notes_keep_their_line_ends_and_length(pex, landmark):
    """Newlines, markup and length arrive as they were typed."""
    lines = (await row_of(pex, landmark("note_with_newlines")))["TransactionNotes"][0]
    assert lines["NoteText"] == "first line\nsecond line\r\n\tthird & <last>"
    assert (lines["UserName"], lines["UserFirstName"]) == ("druiz", "Dana")
    long = (await row_of(pex, landmark("long_note")))["TransactionNotes"][0]
    assert len(long["NoteText"]) > 4000


async def test_a_written_note_is_seen_on_the_next_read(pex, landmark):
    """A note that a caller writes hangs on the transaction, marked as the system's if asked."""
    number = landmark("untagged")
    note = {
        "TransactionId": number,
        "NoteText": "Synced ✓",
        "Pending": False,
        "VisibleToCardholder": False,
        "SystemGenerated": True,
    }
    status, body = await pex.call("POST", "/v4/Note", note)
    assert status == 200
    [seen] = (await row_of(pex, number))["TransactionNotes"]
    assert (seen["NoteText"], seen["SystemGenerated"]) == ("Synced ✓", True)
    assert seen["NoteId"] == body["NoteId"]


@pytest.mark.parametrize(
    ("change", "status"),
    [({"Pending": True}, 404), ({"TransactionId": 5}, 404), ({"NoteText": ""}, 400)],
)
async def test_a_wrong_note_is_refused(pex, landmark, change, status):
    """A note needs a text and a transaction in the state it names."""
    note = {"TransactionId": landmark("untagged"), "NoteText": "x", "Pending": False, **change}
    assert (await pex.call("POST", "/v4/Note", note))[0] == status


async def test_a_prepaid_business_has_no_invoices(pex):
    """Invoices belong to the credit programme."""
    assert await pex.get("Invoices") == []


async def invoice_sums(pex, number):
    allocations = await pex.get(f"Invoice/{number}/allocations")
    payments = await pex.get(f"Invoice/{number}/payments")
    paid = sum(
        -row["Amount"] if row["Type"].endswith("Reversal") else row["Amount"]
        for row in payments
        if not row["RejectedByBank"]
    )
    return sum(row["TotalAmount"] for row in allocations), paid, payments


async def test_closed_invoices_are_allocated_and_paid_in_full_but_one(pex_credit):
    """Allocations always equal the amount; the payments of one closed invoice fall short."""
    wrong, kinds = [], set()
    invoices = await pex_credit.get("Invoices")
    closed = [row for row in invoices if row["Status"] == "Closed"]
    for row in closed:
        allocated, paid, payments = await invoice_sums(pex_credit, row["InvoiceId"])
        assert allocated == row["InvoiceAmount"]
        kinds |= {(payment["Type"], payment["RejectedByBank"]) for payment in payments}
        if paid != row["InvoiceAmount"]:
            wrong.append(row["InvoiceAmount"] - paid)
    assert wrong == [Decimal("10.00")]
    assert kinds == {
        ("PEXTransfer", False),
        ("PEXTransfer", True),
        ("RebateCredit", False),
        ("RebateCreditReversal", False),
        ("SameDayACH", False),
    }
    assert {row["Status"] for row in invoices} == {"Open", "Closed", "Cancelled"}


async def test_an_open_invoice_closes_when_it_is_paid(pex_credit):
    """The newest invoice has no payments until its due day."""
    invoice = (await pex_credit.get("Invoices"))[-1]
    assert invoice["Status"] == "Open"
    assert await pex_credit.get(f"Invoice/{invoice['InvoiceId']}/payments") == []
    await pex_credit.admin("POST", "clock", {"days": 6})
    invoice = (await pex_credit.get("Invoices"))[-1]
    assert invoice["Status"] == "Closed"
    _, paid, _ = await invoice_sums(pex_credit, invoice["InvoiceId"])
    assert paid == invoice["InvoiceAmount"]


async def test_invoices_can_be_asked_for_from_a_day_on(pex_credit):
    """The parameter startDate leaves out what was due before."""
    rows = await pex_credit.get("Invoices", startDate="2026-01-01T00:00:00")
    assert {row["DueDate"][:7] for row in rows} == {"2026-01", "2026-02", "2026-03", "2026-04"}
    assert (await pex_credit.call("GET", "/v4/Invoice/1/payments"))[0] == 404

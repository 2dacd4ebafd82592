"""Sales receipts and purchases through the whole service into the company file and back."""

import sys
from decimal import Decimal
from pathlib import Path

import attrs
import pytest
import sqlalchemy as sa

from subledger.manifest import Operation
from subledger.model import Line, Movement, Reference, Way
from subledger.model import kinds as k
from subledger.model.marker import marker
from subledger.money import Money
from subledger.ports import Absent, Delivery, Posted
from subledger.store.schema import FINDING
from subledger_quickbooks_desktop import recovery
from subledger_quickbooks_desktop.render import Style
from subledger_quickbooks_desktop.wire import qbxml

sys.path.insert(0, str(Path(__file__).parent))
from trading import (
    ACME,
    CARD,
    CHECKING,
    DAY,
    PART,
    SHELL,
    Office,
    cable,
    customer,
    document,
    line,
    settlement,
    taxed,
)

UNDEPOSITED = Reference(kind=k.ACCOUNT, name="Undeposited Funds")
FUEL = Reference(kind=k.ACCOUNT, name="Fuel")
CHEQUE = Reference(kind=k.PAYMENT_METHOD, name="Check")
CHECKS = """<QBXML><QBXMLMsgsRs><CheckQueryRs statusCode="0" statusSeverity="Info">{}</CheckQueryRs>
</QBXMLMsgsRs></QBXML>"""
BARE = """<CheckRet><TxnID>{}</TxnID><EditSequence>1</EditSequence><TxnDate>2026-03-02</TxnDate>
<Amount>20.00</Amount><Memo>{}</Memo></CheckRet>"""


@pytest.fixture
async def office(bench):
    human = bench.company.human
    human.add_list_object("Vendor", {"Name": "State Tax Board"})
    human.add_list_object(
        "ItemSalesTax",
        {"Name": "County", "TaxRate": "7.25", "TaxVendorRef": {"FullName": "State Tax Board"}},
    )
    office = Office(bench)
    yield office
    assert sum(bench.company.trial_balance().values()) == 0


def receipt(*lines, account=UNDEPOSITED, number="r1", **more):
    """A sales receipt; 100.00 for work where nothing is said."""
    return document(k.SALES_RECEIPT, number, *(lines or (line(10000),)), account=account, **more)


def bought(*lines, account=CHECKING, party=ACME, number="7", **more):
    """A purchase that was paid at once; 20.00 of fuel where nothing is said."""
    lines = lines or (Line(amount=Money(2000), account=FUEL),)
    return document(k.PURCHASE, number, *lines, account=account, party=party, **more)


def deposit(office, record):
    """A person takes the money of a receipt to the bank."""
    return office.bench.company.human.add_document(
        "Deposit",
        {
            "TxnDate": "2026-03-02",
            "DepositToAccountRef": {"FullName": "Operating Checking"},
            "DepositLineAdd": [{"PaymentTxnID": record}],
        },
    )


async def hints(office):
    """The hints of the open findings."""
    return await office.bench.store.tx(
        lambda c: list(c.execute(sa.select(FINDING.c.hint)).scalars())
    )


# ------------------------------------------------------------------------------ sales receipts


@pytest.mark.parametrize("account", [UNDEPOSITED, CHECKING], ids=lambda one: one.name)
async def test_a_sales_receipt_puts_its_money_away_and_its_tax(office, account) -> None:
    """The money is on its account, tax and income on theirs, and nobody owes anything."""
    before = office.balance(account.name)
    await office.done(
        customer(),
        cable(),
        receipt(
            line(10000, PART, quantity=Decimal(10), price=Decimal(10), taxable=True),
            line(5000, memo="hours"),
            tax=taxed("County", 725),
            payment_number="991",
            payment_method=CHEQUE,
            account=account,
        ),
    )
    found = await office.ask(k.SALES_RECEIPT, "r1")
    assert found.findtext("CheckNumber") == "991"
    assert found.findtext("PaymentMethodRef/FullName") == "Check"
    assert found.findtext("IsToBePrinted") == "false"
    assert office.balance(account.name) - before == Decimal("157.25")
    assert office.balance("Sales Tax Payable") == Decimal("-7.25")
    assert office.balance("Accounts Receivable") == 0
    assert await office.findings() == []
    rows = [row for row in await office.read(account.name) if row[2]]
    assert rows == [("SalesReceipt", 15725, "sl:sales_receipt-r1")]


async def test_another_tax_on_a_receipt_is_told(office) -> None:
    """The books have what QuickBooks computed, and a finding says how much that is."""
    await office.done(customer(), receipt(line(10000, taxable=True), tax=taxed("County", 700)))
    assert "amount_mismatch" in await office.findings()
    assert office.balance("Undeposited Funds") == Decimal("107.25")


async def test_a_receipt_is_changed_voided_and_deleted(office) -> None:
    """Each change is in the books once; a voided receipt stays there over nothing."""
    await office.done(customer(), receipt(), receipt(number="r2"))
    office.bench.clock.forward(60)
    await office.done(receipt(line(12000)), operation=Operation.UPDATE)
    assert office.balance("Undeposited Funds") == 220
    office.bench.clock.forward(60)
    await office.done(receipt(line(12000)), operation=Operation.VOID)
    assert office.balance("Undeposited Funds") == 100
    await office.done(receipt(number="r2"), operation=Operation.DELETE)
    assert office.balance("Undeposited Funds") == 0
    assert [row[1:] for row in await office.read("Undeposited Funds")] == [
        (0, "")  # the memo of a void begins with QuickBooks' own word
    ]


async def test_a_receipt_moves_to_another_account(office) -> None:
    """Where the money went was wrong in the settings; the change puts it right."""
    before = office.balance("Operating Checking")
    await office.done(customer(), receipt())
    office.bench.clock.forward(60)
    await office.done(receipt(account=CHECKING), operation=Operation.UPDATE)
    assert office.balance("Undeposited Funds") == 0
    assert office.balance("Operating Checking") - before == 100


@pytest.mark.parametrize("operation", [Operation.UPDATE, Operation.VOID, Operation.DELETE])
async def test_a_receipt_in_a_deposit_is_left_alone(office, operation) -> None:
    """QuickBooks refuses; once a person has taken it out of the deposit it goes."""
    await office.done(customer(), receipt())
    link = await office.link(k.SALES_RECEIPT, "r1")
    taken = deposit(office, link.target)
    office.bench.clock.forward(60)
    (state,) = await office.post(receipt(line(12000)), operation=operation)
    assert state.startswith("rejected")
    assert "in a deposit already" in state
    assert any("Make Deposits" in hint for hint in await hints(office))
    assert (await office.ask(k.SALES_RECEIPT, "r1")).findtext("TotalAmount") == "100.00"
    office.bench.company.human.delete_document(taken)
    office.bench.clock.forward(60)
    await office.done(receipt(line(12000)), operation=operation)
    left = 120 if operation is Operation.UPDATE else 0
    assert office.balance("Undeposited Funds") == left


async def test_an_edited_receipt_is_not_overwritten(office) -> None:
    """A person's edit stands until somebody decides."""
    await office.done(customer(), receipt())
    link = await office.link(k.SALES_RECEIPT, "r1")
    office.bench.clock.forward(60)
    office.bench.company.human.edit_document(link.target, {"CheckNumber": "992"})
    office.bench.clock.forward(60)
    (state,) = await office.post(receipt(line(12000)), operation=Operation.UPDATE)
    assert state.startswith("rejected")
    assert "changed_in_books" in await office.findings()
    assert office.balance("Undeposited Funds") == 100


async def test_a_receipt_that_a_person_marks_as_pending_holds_no_money(office) -> None:
    """QuickBooks takes its postings back, and what is read back says so."""
    await office.done(customer(), receipt())
    link = await office.link(k.SALES_RECEIPT, "r1")
    office.bench.company.human.edit_document(link.target, {"IsPending": "true"})
    assert office.balance("Undeposited Funds") == 0
    assert await office.read("Undeposited Funds") == [("SalesReceipt", 0, "sl:sales_receipt-r1")]


# ----------------------------------------------------------------------------------- purchases


@pytest.mark.parametrize(
    ("account", "kind", "shown"),
    [(CHECKING, "Check", "1042"), (CARD, "CreditCardCharge", "7")],
    ids=["bank", "card"],
)
@pytest.mark.parametrize("party", [ACME, SHELL], ids=["customer", "vendor"])
async def test_a_purchase_is_a_check_or_a_card_charge(office, account, kind, shown, party) -> None:
    """Goods by item and by account, of a customer or a vendor; nothing is left to print or pay."""
    before = office.balance(account.name)
    await office.done(
        customer(),
        cable(),
        bought(
            line(6000, PART, quantity=Decimal(12), price=Decimal(5)),
            Line(amount=Money(1550), account=FUEL),
            account=account,
            party=party,
            payment_number="1042",
        ),
    )
    found = await office.ask(k.PURCHASE, "7")
    assert found.tag == f"{kind}Ret"
    assert found.findtext("PayeeEntityRef/FullName") == party.name
    assert found.findtext("RefNumber") == shown
    assert found.findtext("IsToBePrinted", "false") == "false"
    assert found.findtext("ItemLineRet/Cost") == "5"
    assert office.balance(account.name) - before == Decimal("-75.50")
    assert office.balance("Cost of Goods Sold") == 60
    assert office.balance("Accounts Receivable") == office.balance("Accounts Payable") == 0
    assert await office.findings() == []
    rows = [row for row in await office.read(account.name) if row[2]]
    assert rows == [(kind, -7550, "sl:purchase-7")]


async def test_a_purchase_is_changed_voided_and_deleted(office) -> None:
    """Lines that became others replace those that were there, whichever sort they are of."""
    before = office.balance("Operating Checking")
    await office.done(customer(), cable(), bought(), bought(number="8"))
    office.bench.clock.forward(60)
    await office.done(bought(line(2500, PART)), operation=Operation.UPDATE)
    assert office.balance("Operating Checking") - before == -45
    assert office.balance("Fuel") == 20
    assert office.balance("Cost of Goods Sold") == 25
    assert (await office.ask(k.PURCHASE, "7")).find("ExpenseLineRet") is None
    office.bench.clock.forward(60)
    await office.done(bought(line(2500, PART)), operation=Operation.VOID)
    await office.done(bought(number="8"), operation=Operation.DELETE)
    assert office.balance("Operating Checking") == before
    assert office.balance("Fuel") == office.balance("Cost of Goods Sold") == 0


async def test_another_account_of_a_purchase_is_told(office) -> None:
    """A check does not become a card charge; what was posted stays until a person decides."""
    await office.done(customer(), bought())
    (state,) = await office.post(bought(account=CARD), operation=Operation.UPDATE)
    assert state.startswith("rejected")
    assert office.balance("PEX Credit Card") == 0


# -------------------------------------------------------------- lost answers, and other checks


@pytest.mark.parametrize("fault", ["lose_answers", "fail_after_requests"])
@pytest.mark.parametrize(
    ("entity", "account", "amount"),
    [(receipt(), "Undeposited Funds", 10000), (bought(account=CARD), "PEX Credit Card", -2000)],
    ids=["receipt", "purchase"],
)
async def test_a_lost_answer_makes_no_second_document(
    office, entity, account, amount, fault
) -> None:
    """QuickBooks tells its stored answer; where it has none the document is found by its mark."""
    settings = office.bench.company.settings
    await office.done(customer())
    office.bench.company.store.set_settings(attrs.evolve(settings, **{fault: 1}))
    await office.post(entity)
    assert office.bench.company.settings == settings, "the fault has happened"
    for _ in range(3):
        office.bench.clock.forward(600)
        await office.bench.run()
    mark = marker(entity.kind, entity.id)
    assert [row[1:] for row in await office.read(account)] == [(amount, mark)]
    assert (await office.link(entity.kind, entity.id)) is not None


def movement():
    """A card transaction that is a check as well, of the same number, day and amount."""
    return Movement(
        id="7",
        way=Way.OUT,
        amount=Money(2000),
        date=DAY,
        account=CHECKING,
        party=ACME,
        number="7",
        memo=f"{marker(k.CARD_TRANSACTION, '7')} fuel",
        lines=(Line(amount=Money(2000), account=FUEL),),
    )


def refund():
    """A refund that is a check as well."""
    credit = (k.CREDIT_MEMO, "3", 2000)
    return settlement(k.REFUND, "7", 2000, credit, money=CHECKING)


@pytest.mark.parametrize("last", [0, 1, 2], ids=["purchase", "card transaction", "refund"])
async def test_three_checks_that_look_alike_are_told_apart(office, last) -> None:
    """Where the answer to one is lost, it is found among the others, and removed alone."""
    await office.done(customer(), document(k.CREDIT_MEMO, "3", line(2000)))
    checks = [bought(), movement(), refund()]
    ours = checks.pop(last)
    await office.done(*checks)
    settings = office.bench.company.settings
    office.bench.company.store.set_settings(attrs.evolve(settings, fail_after_requests=1))
    await office.post(ours)
    assert office.bench.company.settings == settings, "the fault has happened"
    for _ in range(3):
        office.bench.clock.forward(600)
        await office.bench.run()
    marks = {marker(one.kind, one.id) for one in (ours, *checks)}
    rows = [row for row in await office.read("Operating Checking") if row[2]]
    assert {row[2] for row in rows} == marks
    assert rows == [("Check", -2000, row[2]) for row in rows]
    assert len({(await office.link(one.kind, one.id)).target for one in (ours, *checks)}) == 3
    await office.done(ours, operation=Operation.DELETE)
    rows = [row for row in await office.read("Operating Checking") if row[2]]
    assert {row[2] for row in rows} == marks - {marker(ours.kind, ours.id)}


@pytest.mark.parametrize("found", [True, False])
def test_without_a_guid_the_marker_tells_which_check_it_is(found) -> None:
    """Older versions return no ExternalGUID; a check with another record's marker is not ours."""
    others = [marker(k.CARD_TRANSACTION, "7"), marker(k.REFUND, "7"), "by hand sl:purchase-7"]
    memos = [*others, *([marker(k.PURCHASE, "7")] if found else [])]
    rows = "".join(BARE.format(f"T{place}", memo) for place, memo in enumerate(memos))
    delivery = Delivery(
        effect=1,
        source="psa",
        kind=k.PURCHASE,
        operation=Operation.CREATE,
        key="0" * 26,
        attempt_key="1" * 22,
        marker=marker(k.PURCHASE, "7"),
        entity=bought(
            account=Reference(kind=k.ACCOUNT, id="checking"),
            party=Reference(kind=k.CUSTOMER, name="Acme:Roof"),
        ),
    )
    query = recovery.search(delivery, lambda _one: "Bank", Style(), "find-1")
    assert query.tag == "CheckQueryRq"
    assert query.findtext("EntityFilter/FullName") == "Acme:Roof"
    outcome = recovery.outcome_of_search(delivery, qbxml.parse_answer(CHECKS.format(rows).encode()))
    if found:
        assert isinstance(outcome, Posted)
        assert outcome.id == "T3"
    else:
        assert isinstance(outcome, Absent)

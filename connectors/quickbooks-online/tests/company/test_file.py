"""The company as a file: transactions, snapshots, switches, remembered responses."""

from decimal import Decimal

import pytest

from subledger_quickbooks_online.simulator.company import Behaviour, Company, CompanyFault


def test_a_file_keeps_the_company(tmp_path, clock):
    """Closed and opened again, the books and the switches are as they were."""
    path = str(tmp_path / "company.db")
    company = Company.open(path, "1", clock)
    company.create("Customer", {"DisplayName": "Acme"})
    company.configure(tax_rounding="line")
    company.close()
    again = Company.open(path, "1", clock)
    assert again.read("Customer", "1")["DisplayName"] == "Acme"
    assert again.behaviour == Behaviour(tax_rounding="line")
    again.close()


def test_equal_companies_are_equal(clock):
    """The same calls at the same moments make the same bytes; another seed other long Ids."""
    one, two, other = (Company.open(":memory:", "1", clock, seed=seed) for seed in (1, 1, 2))
    made = [each.create("Class", {"Name": "A"}) for each in (one, two, other)]
    assert one.snapshot() == two.snapshot()
    assert made[0] == made[1]
    assert made[0]["Id"] != made[2]["Id"]


def test_a_snapshot_brings_everything_back(desk):
    """Objects, ledger, counters, switches and events."""
    desk.purchase()
    before = (desk.company.snapshot(), desk.company.documents(), desk.company.trial_balance())
    desk.purchase()
    desk.company.configure(tax_rounding="line")
    desk.company.restore(before[0])
    assert (desk.company.documents(), desk.company.trial_balance()) == before[1:]
    assert desk.company.behaviour.tax_rounding == "subtotal"
    assert desk.purchase()["Id"] == "2"
    assert [each.id for each in desk.company.take_changes()] == ["1", "2"]


def test_a_snapshot_makes_a_second_company(desk, clock):
    """A fork goes its own way."""
    desk.purchase()
    fork = Company.open(":memory:", "4620816365", clock)
    fork.restore(desk.company.snapshot())
    desk.purchase()
    assert (len(fork.documents()), len(desk.company.documents())) == (1, 2)


def test_a_transaction_is_all_or_nothing(desk):
    """Whatever breaks it takes everything back, remembered responses too."""

    def both():
        with desk.company.transaction():
            desk.purchase()
            desk.company.remember("r1", {"Purchase": {"Id": "1"}})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        both()
    assert desk.company.documents() == []
    assert desk.company.remembered("r1") is None
    assert desk.purchase()["Id"] == "1"


def test_a_fault_inside_a_transaction_takes_only_its_own_call_back(desk):
    """The calls before it stay when the fault is caught."""
    with desk.company.transaction():
        desk.purchase()
        with pytest.raises(CompanyFault):
            desk.purchase("-5")
    assert len(desk.company.documents()) == 1


def test_a_fault_halfway_leaves_nothing(desk):
    """A document that is refused after its customer was found leaves no number behind."""
    customer = desk.customer()
    desk.refused(desk.invoice, customer, "-5")
    assert desk.invoice(customer)["DocNumber"] == "1001"


def test_responses_are_remembered(desk):
    """By requestid, with amounts as they were, until they are forgotten."""
    shown = desk.purchase()
    desk.company.remember("r1", {"Purchase": shown})
    assert desk.company.remembered("r1") == {"Purchase": shown}
    assert isinstance(desk.company.remembered("r1")["Purchase"]["TotalAmt"], Decimal)
    desk.company.forget_requests()
    assert desk.company.remembered("r1") is None


def test_a_switch_must_be_known(desk):
    """A misspelt switch or word is an error at once."""
    with pytest.raises(TypeError):
        desk.company.configure(nonsense=1)
    with pytest.raises(ValueError, match="sometimes"):
        desk.company.configure(tax_rounding="sometimes")


def test_switches_can_be_given_at_the_start(clock):
    """Behaviour and preferences of a new company."""
    company = Company.open(
        ":memory:",
        "1",
        clock,
        behaviour=Behaviour(time_zone="Europe/Berlin"),
        preferences={
            "CompanyInfo": {"CompanyName": "Werk", "Country": "DE"},
            "AccountingInfoPrefs.TrackDepartments": False,
            "OtherPrefs": {"SalesFormsPrefs.DefaultItem": "2"},
        },
    )
    assert company.read("CompanyInfo", "1")["CompanyName"] == "Werk"
    assert company.read("CompanyInfo", "1")["MetaData"]["CreateTime"].endswith("+01:00")
    shown = company.read("Preferences", "1")
    assert shown["AccountingInfoPrefs"]["TrackDepartments"] is False
    assert shown["CurrencyPrefs"]["HomeCurrency"]["value"] == "EUR"
    pair = {"Name": "SalesFormsPrefs.DefaultItem", "Value": "2"}
    assert pair in shown["OtherPrefs"]["NameValue"]


def test_preferences_change_member_by_member(desk):
    """A change leaves the rest and moves the SyncToken."""
    before = desk.company.read("Preferences", "1")
    after = desk.company.set_preferences({"SalesFormsPrefs": {"CustomTxnNumbers": True}})
    assert after["SalesFormsPrefs"]["CustomTxnNumbers"] is True
    assert after["SalesFormsPrefs"]["AllowDiscount"] is True
    assert int(after["SyncToken"]) == int(before["SyncToken"]) + 1
    assert [(c.entity, c.operation) for c in desk.company.take_changes()] == [
        ("Preferences", "Update")
    ]


def test_the_companys_name_can_be_updated(desk):
    """By realm or by Id 1, with the SyncToken."""
    shown = desk.company.read("CompanyInfo", "4620816365")
    body = {"Id": "4620816365", "SyncToken": shown["SyncToken"], "sparse": True}
    again = desk.company.update("CompanyInfo", {**body, "CompanyName": "New"})
    assert (again["CompanyName"], again["LegalName"]) == ("New", shown["LegalName"])


def test_an_attachment_hangs_on_its_document(desk):
    """Metadata with links; the document must be there; it can be linked later, and deleted."""
    bill = desk.bill(desk.vendor())
    ref = {"EntityRef": {"type": "Bill", "value": bill["Id"]}, "IncludeOnSend": False}
    body = {"FileName": "a.pdf", "ContentType": "application/pdf", "Size": 12}
    shown = desk.company.create("Attachable", {**body, "AttachableRef": [ref]})
    assert shown["FileAccessUri"] == f"/v3/company/4620816365/download/{shown['Id']}"
    missing = {"EntityRef": {"type": "Bill", "value": "99"}}
    again = {**body, "AttachableRef": [missing]}
    assert desk.refused(desk.company.create, "Attachable", again).code == "2500"
    assert desk.refused(desk.company.create, "Attachable", {"Tag": "x"}).code == "2020"
    more = {"EntityRef": {"type": "Vendor", "value": bill["VendorRef"]["value"]}}
    linked = desk.change("Attachable", shown, AttachableRef=[ref, more])
    assert len(linked["AttachableRef"]) == 2
    assert linked["AttachableRef"][0]["EntityRef"] == {"type": "Bill", "value": bill["Id"]}
    desk.company.delete("Attachable", desk.token("Attachable", shown))
    assert desk.refused(desk.company.read, "Attachable", shown["Id"]).code == "610"


def test_documents_are_listed_with_their_entity(desk):
    """Every transaction in the order of Ids."""
    desk.purchase()
    desk.journal()
    assert [(each["entity"], each["Id"]) for each in desk.company.documents()] == [
        ("Purchase", "1"),
        ("JournalEntry", "2"),
    ]

"""Name lists."""

from decimal import Decimal

import pytest


def test_a_customer_needs_only_a_name_and_gets_the_defaults(desk):
    """A customer made from a DisplayName alone is active, taxable, and owes nothing."""
    shown = desk.company.create("Customer", {"DisplayName": "Acme"})
    assert shown["FullyQualifiedName"] == shown["PrintOnCheckName"] == "Acme"
    assert (shown["Active"], shown["Taxable"], shown["Balance"]) == (True, True, 0)
    assert (shown["SyncToken"], shown["domain"], shown["sparse"]) == ("0", "QBO", False)


def test_a_name_is_composed_from_its_parts(desk):
    """Without DisplayName the parts of the name make it."""
    shown = desk.company.create("Vendor", {"GivenName": "Ann", "FamilyName": "Lee"})
    assert shown["DisplayName"] == "Ann Lee"


def test_a_nameless_vendor_is_refused(desk):
    """Nothing to name it by: 6080."""
    assert desk.refused(desk.company.create, "Vendor", {"Notes": "x"}).code == "6080"


@pytest.mark.parametrize("other", ["Vendor", "Employee", "Customer"])
def test_a_name_is_unique_among_customers_vendors_and_employees(desk, other):
    """Upper and lower case do not make another name: 6240 across the three lists."""
    desk.customer("Acme")
    fault = desk.refused(desk.company.create, other, {"DisplayName": "ACME"})
    assert fault.code == "6240"
    assert "Another customer, vendor or employee" in fault.detail


def test_a_name_is_trimmed(desk):
    """Blanks around a name do not make another one."""
    desk.customer("Acme")
    assert desk.refused(desk.customer, "  Acme ").code == "6240"


def test_a_name_with_a_colon_is_refused(desk):
    """The colon separates the levels of a hierarchy: 2040."""
    assert desk.refused(desk.customer, "A:B").code == "2040"


def test_a_job_stands_below_its_customer(desk):
    """A job's full name begins with its parent's, and renaming the parent reaches it."""
    parent = desk.customer("Acme")
    job = desk.customer("Roof", ParentRef={"value": parent}, Job=True)
    assert desk.company.read("Customer", job)["FullyQualifiedName"] == "Acme:Roof"
    desk.change("Customer", {"Id": parent}, DisplayName="Apex")
    shown = desk.company.read("Customer", job)
    assert (shown["FullyQualifiedName"], shown["SyncToken"]) == ("Apex:Roof", "0")


def test_renaming_a_parent_can_move_its_children_by_switch(open_desk):
    """With the switch the SyncToken of the children moves too."""
    desk = open_desk(rename_bumps_children=True)
    parent = desk.customer("Acme")
    job = desk.customer("Roof", ParentRef={"value": parent}, Job=True)
    desk.change("Customer", {"Id": parent}, DisplayName="Apex")
    assert desk.company.read("Customer", job)["SyncToken"] == "1"


def test_a_sixth_level_is_refused(desk):
    """Five levels are the most: 6180."""
    found = ""
    for level in range(5):
        more = {"SubClass": True, "ParentRef": {"value": found}} if found else {}
        found = desk.company.create("Class", {"Name": f"L{level}", **more})["Id"]
    body = {"Name": "L5", "SubClass": True, "ParentRef": {"value": found}}
    assert desk.refused(desk.company.create, "Class", body).code == "6180"


def test_siblings_have_different_names_but_cousins_need_not(desk):
    """A class name is unique below its parent."""
    one = desk.company.create("Class", {"Name": "One"})["Id"]
    desk.company.create("Class", {"Name": "Same", "ParentRef": {"value": one}})
    desk.company.create("Class", {"Name": "Same"})
    assert desk.refused(desk.company.create, "Class", {"Name": "same"}).code == "6240"


def test_deactivating_frees_the_name(desk):
    """An inactive object gets the suffix " (deleted)" and its name can be used again."""
    first = desk.customer("Jane")
    shown = desk.change("Customer", {"Id": first}, Active=False)
    assert shown["DisplayName"] == shown["FullyQualifiedName"] == "Jane (deleted)"
    desk.vendor("Jane")


def test_coming_back_to_a_taken_name_is_refused(desk):
    """Reactivating needs the old name free: 6240, and after a rename it works."""
    first = desk.customer("Jane")
    desk.change("Customer", {"Id": first}, Active=False)
    desk.customer("Jane")
    assert desk.refused(desk.change, "Customer", {"Id": first}, Active=True).code == "6240"
    shown = desk.change("Customer", {"Id": first}, Active=True, DisplayName="Jane 2")
    assert (shown["DisplayName"], shown["Active"]) == ("Jane 2", True)


@pytest.mark.parametrize(
    ("suffix", "name"),
    [(" (deleted{n})", "Jane (deleted1)"), (" (deleted {n})", "Jane (deleted 1)")],
)
def test_a_second_deletion_of_an_equal_name_counts(open_desk, suffix, name):
    """The second "Jane" that goes away is numbered, in the spelling of the switch."""
    desk = open_desk(deleted_suffix=suffix)
    for _ in range(2):
        gone = desk.customer("Jane")
        shown = desk.change("Customer", {"Id": gone}, Active=False)
    assert shown["DisplayName"] == name


@pytest.mark.parametrize("country", ["US", "DE"])
def test_a_customer_that_owes_leaves_a_balancing_credit_memo(open_desk, country):
    """Deactivating a customer with a balance writes it off with a credit memo, everywhere."""
    desk = open_desk({"CompanyInfo.Country": country})
    customer = desk.customer()
    codes = desk.ids("select * from TaxCode where Name in ('NON', 'Exempt')")
    desk.invoice(customer, "70", tax=codes[0])
    desk.change("Customer", {"Id": customer}, Active=False)
    memo = desk.company.query("select * from CreditMemo")["CreditMemo"][0]
    assert memo["TotalAmt"] == 70
    assert desk.balance("Accounts Receivable (A/R)") == 0


def test_a_customer_that_owes_can_be_kept_by_switch(open_desk):
    """With the switch, deactivating a customer with a balance is refused: 6220."""
    desk = open_desk(customer_with_balance="refuse")
    customer = desk.customer()
    desk.invoice(customer)
    assert desk.refused(desk.change, "Customer", {"Id": customer}, Active=False).code == "6220"


def test_a_vendor_with_a_balance_stays(desk):
    """6220 for a vendor that is owed money."""
    vendor = desk.vendor()
    desk.bill(vendor)
    assert desk.refused(desk.change, "Vendor", {"Id": vendor}, Active=False).code == "6220"


def test_a_tax_number_is_shown_masked(desk):
    """Only the last four digits of a vendor's tax number are shown."""
    shown = desk.company.create("Vendor", {"DisplayName": "V", "TaxIdentifier": "123456789"})
    assert shown["TaxIdentifier"] == "XXXXX6789"
    again = desk.change("Vendor", shown, Notes="x")
    assert again["TaxIdentifier"] == "XXXXX6789"


def test_an_account_needs_a_type_or_a_subtype(desk):
    """6010 without both; a sub-type alone tells the type; a type alone gets a sub-type."""
    assert desk.refused(desk.company.create, "Account", {"Name": "X"}).code == "6010"
    shown = desk.company.create("Account", {"Name": "Y", "AccountSubType": "Savings"})
    assert (shown["AccountType"], shown["Classification"]) == ("Bank", "Asset")
    shown = desk.company.create("Account", {"Name": "Z", "AccountType": "Credit Card"})
    assert (shown["AccountSubType"], shown["Classification"]) == ("CreditCard", "Liability")


def test_type_and_subtype_must_fit(desk):
    """A Savings account is no Expense account: 6010."""
    body = {"Name": "X", "AccountType": "Expense", "AccountSubType": "Savings"}
    assert desk.refused(desk.company.create, "Account", body).code == "6010"


def test_an_unknown_account_type_is_refused(desk):
    """2170 for a word outside the list."""
    body = {"Name": "X", "AccountType": "Piggy bank"}
    assert desk.refused(desk.company.create, "Account", body).code == "2170"


def test_an_account_shows_what_was_posted_to_it_and_below(desk):
    """CurrentBalance is the account's own, CurrentBalanceWithSubAccounts counts children too."""
    card = desk.account("Cards", "Credit Card")
    below = desk.account("Ann", "Credit Card", ParentRef={"value": card})
    desk.purchase("42.17", AccountRef={"value": below})
    shown = desk.company.read("Account", card)
    assert shown["CurrentBalance"] == 0
    assert shown["CurrentBalanceWithSubAccounts"] == Decimal("42.17")
    assert desk.company.read("Account", below)["CurrentBalance"] == Decimal("42.17")
    assert desk.company.read("Account", below)["FullyQualifiedName"] == "Cards:Ann"


def test_an_account_of_an_item_stays_active(desk):
    """An account that an item uses cannot be made inactive: 6000."""
    assert desk.refused(desk.change, "Account", {"Id": "1"}, Active=False).code == "6000"


def test_a_service_needs_an_income_account(desk):
    """2020 names the missing account."""
    fault = desk.refused(desk.company.create, "Item", {"Name": "X", "Type": "Service"})
    assert (fault.code, fault.element) == ("2020", "IncomeAccountRef")


def test_an_item_that_is_only_bought_needs_only_an_expense_account(desk):
    """An expense account alone makes a purchasable item."""
    shown = desk.company.create(
        "Item", {"Name": "X", "Type": "NonInventory", "ExpenseAccountRef": {"value": "20"}}
    )
    assert shown["ExpenseAccountRef"] == {"value": "20", "name": "Supplies"}


def test_stock_begins_against_opening_balance_equity(desk):
    """An inventory item's first quantity is valued at cost."""
    shown = desk.company.create("Item", bolt())
    assert shown["QtyOnHand"] == 10
    assert desk.balance("Inventory Asset") == 25
    assert desk.balance("Opening Balance Equity") == -25


def test_selling_stock_takes_it_away_at_cost(desk):
    """A sale moves cost from the asset to cost of goods sold, and a return brings it back."""
    item = desk.company.create("Item", bolt())["Id"]
    customer = desk.customer()
    line = desk.item_line("18", item=item, Qty=3, UnitPrice=6)
    desk.company.create("Invoice", {"CustomerRef": {"value": customer}, "Line": [line]})
    assert desk.company.read("Item", item)["QtyOnHand"] == 7
    assert desk.balance("Cost of Goods Sold") == Decimal("7.50")
    desk.company.create("CreditMemo", {"CustomerRef": {"value": customer}, "Line": [line]})
    assert desk.company.read("Item", item)["QtyOnHand"] == 10
    assert desk.balance("Cost of Goods Sold") == 0


def test_stock_cannot_be_sold_before_it_begins(desk):
    """6270 for a document dated before the inventory start date."""
    item = desk.company.create("Item", bolt())["Id"]
    body = {
        "CustomerRef": {"value": desk.customer()},
        "TxnDate": "2014-12-31",
        "Line": [desk.item_line("6", item=item)],
    }
    assert desk.refused(desk.company.create, "Invoice", body).code == "6270"


def test_a_category_can_be_made_but_not_sold(desk):
    """A category holds items and is refused on a line."""
    category = desk.company.create("Item", {"Name": "Hardware", "Type": "Category"})["Id"]
    body = {
        "Name": "Bolt",
        "Type": "Service",
        "SubItem": True,
        "ParentRef": {"value": category},
        "IncomeAccountRef": {"value": "79"},
    }
    assert desk.company.create("Item", body)["FullyQualifiedName"] == "Hardware:Bolt"
    sold = {
        "CustomerRef": {"value": desk.customer()},
        "Line": [desk.item_line("5", item=category)],
    }
    assert desk.refused(desk.company.create, "Invoice", sold).code == "6000"


def test_a_bundle_is_refused_clearly(desk):
    """Bundles cannot be made: 6000 says so."""
    fault = desk.refused(desk.company.create, "Item", {"Name": "Set", "Type": "Group"})
    assert (fault.code, fault.element) == ("6000", "Type")


def test_terms_and_payment_methods_tell_their_kind(desk):
    """Days make standard terms, a day of the month makes date-driven ones."""
    assert desk.company.create("Term", {"Name": "Net 7", "DueDays": 7})["Type"] == "STANDARD"
    body = {"Name": "15th", "DayOfMonthDue": 15, "DueNextMonthDays": 5}
    assert desk.company.create("Term", body)["Type"] == "DATE_DRIVEN"
    shown = desk.company.create("PaymentMethod", {"Name": "Card", "Type": "CREDIT_CARD"})
    assert shown["Type"] == "CREDIT_CARD"


def test_a_renamed_object_shows_its_new_name_in_documents(desk):
    """References are named when they are read."""
    customer = desk.customer("Acme")
    invoice = desk.invoice(customer)
    desk.change("Customer", {"Id": customer}, DisplayName="Apex")
    assert desk.again("Invoice", invoice)["CustomerRef"]["name"] == "Apex"


def test_lists_are_never_deleted(desk):
    """Deleting a list object is not supported: 500."""
    customer = {"Id": desk.customer(), "SyncToken": "0"}
    assert desk.refused(desk.company.delete, "Customer", customer).code == "500"


def test_merging_moves_documents_and_balances(desk):
    """Merged into another, a customer's documents and postings are the other's."""
    keep, drop = desk.customer("Acme"), desk.customer("Acme Inc")
    invoice = desk.invoice(drop, "70")
    desk.company.take_changes()
    shown = desk.company.merge("Customer", keep, drop)
    assert shown["Balance"] == 70
    assert desk.again("Invoice", invoice)["CustomerRef"]["value"] == keep
    assert desk.refused(desk.company.read, "Customer", drop).code == "610"
    merged = [each for each in desk.company.take_changes() if each.operation == "Merge"]
    assert [(each.entity, each.id, each.deleted_id) for each in merged] == [
        ("Customer", keep, drop)
    ]


def test_merging_moves_jobs_and_tells_who_is_gone(desk):
    """Jobs of the one that goes stand below the other; change data shows a stub."""
    keep, drop = desk.customer("Acme"), desk.customer("Acme Inc")
    job = desk.customer("Roof", ParentRef={"value": drop}, Job=True)
    since = desk.clock.now
    desk.company.merge("Customer", keep, drop)
    assert desk.company.read("Customer", job)["FullyQualifiedName"] == "Acme:Roof"
    told = desk.company.changed_since(["Customer"], since)[0]["Customer"]
    assert [each["Id"] for each in told if each.get("status") == "Deleted"] == [drop]


def test_accounts_merge_with_their_postings(desk):
    """Account of the same type only; items and postings follow."""
    keep, drop = desk.account("Fuel"), desk.account("Petrol")
    shown = desk.purchase("5", Line=[desk.expense_line("5", drop)])
    assert desk.refused(desk.company.merge, "Account", "35", drop).code == "6000"
    desk.company.merge("Account", keep, drop)
    assert desk.balance("Fuel") == 5
    line = desk.again("Purchase", shown)["Line"][0]["AccountBasedExpenseLineDetail"]
    assert line["AccountRef"] == {"value": keep, "name": "Fuel"}
    assert desk.refused(desk.company.merge, "Term", "1", "2").code == "500"


def test_classes_and_items_merge_too(desk):
    """Lines and postings go over to the one that stays."""
    one, two = (desk.company.create("Class", {"Name": name})["Id"] for name in "AB")
    body = {"Type": "Service", "IncomeAccountRef": {"value": "79"}}
    item = desk.company.create("Item", {"Name": "Extra", **body})["Id"]
    line = desk.item_line("5", item=item, ClassRef={"value": two})
    shown = desk.invoice(desk.customer(), Line=[line])
    desk.company.merge("Class", one, two)
    desk.company.merge("Item", "1", item)
    detail = desk.again("Invoice", shown)["Line"][0]["SalesItemLineDetail"]
    assert (detail["ClassRef"]["value"], detail["ItemRef"]["value"]) == (one, "1")
    assert {row.class_id for row in desk.company.postings(shown["Id"])} == {"", one}


def test_a_company_may_keep_several_currencies_in_its_list(desk):
    """The list holds the home currency and what is added to it."""
    desk.company.create("CompanyCurrency", {"Code": "EUR"})
    found = desk.company.query("select * from CompanyCurrency")["CompanyCurrency"]
    assert [each["Code"] for each in found] == ["EUR", "USD"]
    assert desk.refused(desk.company.create, "CompanyCurrency", {"Code": "eur"}).code == "6240"


def bolt():
    return {
        "Name": "Bolt",
        "Type": "Inventory",
        "TrackQtyOnHand": True,
        "QtyOnHand": 10,
        "InvStartDate": "2015-01-01",
        "PurchaseCost": Decimal("2.50"),
        "IncomeAccountRef": {"value": "79"},
        "ExpenseAccountRef": {"value": "80"},
        "AssetAccountRef": {"value": "81"},
    }

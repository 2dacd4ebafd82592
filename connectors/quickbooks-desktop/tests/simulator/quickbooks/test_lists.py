"""Lists: adding, changing, finding and deleting their objects."""

import pytest

CUSTOMER = "<CustomerAddRq><CustomerAdd><Name>{}</Name>{}</CustomerAdd></CustomerAddRq>"
VENDOR = "<VendorAddRq><VendorAdd><Name>{}</Name></VendorAdd></VendorAddRq>"


def get(office, kind, name, extra=""):
    return office.done(f"<{kind}QueryRq><FullName>{name}</FullName>{extra}</{kind}QueryRq>").find(
        f"{kind}Ret"
    )


def mod(office, kind, name, inner, *, edit=None):
    found = get(office, kind, name)
    return (
        f"<{kind}ModRq><{kind}Mod><ListID>{found.findtext('ListID')}</ListID><EditSequence>"
        f"{edit or found.findtext('EditSequence')}</EditSequence>{inner}</{kind}Mod></{kind}ModRq>"
    )


def names(found, tag="FullName"):
    return [one.findtext(tag) or one.findtext("Name") for one in found]


def test_ids_and_times_have_the_form_of_quickbooks(office):
    """ListIDs are a counter with the high bit set and the second; EditSequence is that second."""
    found = office.done(CUSTOMER.format("New", "")).find("CustomerRet")
    assert found.findtext("ListID").endswith("-1785938400")
    assert found.findtext("ListID")[0] == "8"
    assert len(found.findtext("ListID")) == 19
    assert found.findtext("EditSequence") == "1785938400"
    assert found.findtext("TimeCreated") == "2026-08-05T10:00:00-04:00"


def test_names_are_unique_across_all_kinds_of_entities(office):
    """A customer cannot have a vendor's name, in any case of letters, and not an inactive one's."""
    assert office.refused(CUSTOMER.format("office depot", "")) == "3100"
    assert office.refused(VENDOR.format("Riverside Bakery")) == "3100"
    office.done(mod(office, "Vendor", "Shell", "<IsActive>false</IsActive>"))
    assert office.refused(CUSTOMER.format(" SHELL", "")) == "3100"


def test_employees_share_the_names_of_the_other_entities(office):
    """An employee, entered by hand, takes a name from customers and vendors."""
    office.company.human.add_list_object("Employee", {"Name": "Ann Lee"})
    assert office.refused(VENDOR.format("ann lee")) == "3100"
    assert names(office.done("<EmployeeQueryRq/>")) == ["Ann Lee"]


def test_other_lists_have_names_of_their_own(office):
    """An item may be called like a vendor."""
    office.done(
        "<ItemServiceAddRq><ItemServiceAdd><Name>Shell</Name><SalesOrPurchase><Price>1.00</Price>"
        "<AccountRef><FullName>Services Income</FullName></AccountRef></SalesOrPurchase>"
        "</ItemServiceAdd></ItemServiceAddRq>"
    )


def test_a_colon_in_a_name_is_refused(office):
    """The colon separates levels: 3090."""
    assert office.refused(CUSTOMER.format("Lakeside Clinic:Roof", "")) == "3090"


def test_a_job_needs_its_customer(office):
    """An unknown parent is 3130; a known one makes the full name."""
    parent = "<ParentRef><FullName>{}</FullName></ParentRef>"
    assert office.refused(CUSTOMER.format("Job", parent.format("Nobody"))) == "3130"
    found = office.done(CUSTOMER.format("Job", parent.format("Lakeside Clinic")))
    assert found.findtext("CustomerRet/FullName") == "Lakeside Clinic:Job"
    assert found.findtext("CustomerRet/Sublevel") == "1"


def test_a_missing_name_is_a_bad_reference(office):
    """3140 with QuickBooks' words; a foreign id is 3000."""
    terms = "<TermsRef><{0}>{1}</{0}></TermsRef>"
    found = office.ask(CUSTOMER.format("New", terms.format("FullName", "Net 99")))
    assert found.get("statusCode") == "3140"
    assert found.get("statusMessage") == (
        'There is an invalid reference to QuickBooks Terms "Net 99" in the Customer.  QuickBooks '
        "error message: Invalid argument.  The specified record does not exist in the list."
    )
    assert office.refused(CUSTOMER.format("New", terms.format("ListID", "80000001-1"))) == "3000"


def test_a_mod_changes_what_it_names_and_clears_what_it_empties(office):
    """Fields that are not named stay."""
    office.done(CUSTOMER.format("New", "<CompanyName>New Inc</CompanyName><Phone>1</Phone>"))
    office.clock.tick()
    found = office.done(mod(office, "Customer", "New", "<Phone/><Email>a@b.example</Email>"))
    ret = found.find("CustomerRet")
    assert ret.findtext("CompanyName") == "New Inc"
    assert ret.findtext("Email") == "a@b.example"
    assert ret.find("Phone") is None
    assert ret.findtext("EditSequence") == "1785938401"


def test_a_stale_edit_sequence_is_refused_but_a_second_edit_in_the_same_second_is_not(office):
    """3200 after the object has moved on; within one second nobody notices."""
    old = get(office, "Customer", "Lakeside Clinic").findtext("EditSequence")
    office.done(mod(office, "Customer", "Lakeside Clinic", "<Phone>1</Phone>"))
    stale = mod(office, "Customer", "Lakeside Clinic", "<Phone>2</Phone>", edit=old)
    assert office.refused(stale) == "3200"
    same = get(office, "Customer", "Lakeside Clinic").findtext("EditSequence")
    office.done(mod(office, "Customer", "Lakeside Clinic", "<Phone>2</Phone>", edit=same))
    office.done(mod(office, "Customer", "Lakeside Clinic", "<Phone>3</Phone>", edit=same))


def test_an_object_that_is_not_there_cannot_be_changed(office):
    """Changing an object that is not there gets status 3120."""
    body = mod(office, "Customer", "Lakeside Clinic", "<Phone>1</Phone>")
    listed = get(office, "Vendor", "Shell").findtext("ListID")
    gone = body.replace(get(office, "Customer", "Lakeside Clinic").findtext("ListID"), listed)
    assert office.refused(gone) == "3120"


def test_renaming_moves_the_children_along(office):
    """Full names of jobs follow their customer, also on documents."""
    office.done(mod(office, "Customer", "Lakeside Clinic", "<Name>Lakeview</Name>"))
    assert get(office, "Customer", "Lakeview:Roof Repair") is not None
    found = office.ask("<CustomerQueryRq><FullName>Lakeside Clinic</FullName></CustomerQueryRq>")
    assert found.get("statusCode") == "500"


def test_an_account_cannot_become_its_own_ancestor(office):
    """A loop of parents is refused."""
    inner = "<ParentRef><FullName>Travel:Hotel</FullName></ParentRef>"
    assert office.refused(mod(office, "Account", "Travel", inner)) == "3130"


def test_queries_show_active_objects_only_unless_asked(office):
    """ActiveStatus is ActiveOnly by default; asking by name shows inactive ones too."""
    assert "Postage" not in names(office.done("<AccountQueryRq/>"))
    every = office.done("<AccountQueryRq><ActiveStatus>All</ActiveStatus></AccountQueryRq>")
    assert "Postage" in names(every)
    idle = "<AccountQueryRq><ActiveStatus>InactiveOnly</ActiveStatus></AccountQueryRq>"
    assert names(office.done(idle)) == ["Postage"]
    assert get(office, "Account", "Postage").findtext("IsActive") == "false"


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        (
            "<MaxReturned>2</MaxReturned><AccountType>CreditCard</AccountType>",
            ["Company Card", "PEX Credit Card"],
        ),
        (
            "<NameFilter><MatchCriterion>StartsWith</MatchCriterion><Name>pex</Name></NameFilter>",
            ["PEX Card Account", "PEX Credit Card"],
        ),
        (
            (
                "<NameFilter><MatchCriterion>EndsWith</MatchCriterion><Name>supplies</Name>"
                "</NameFilter>"
            ),
            ["Medical Supplies", "Office Supplies"],
        ),
        (
            (
                "<NameRangeFilter><FromName>Travel</FromName><ToName>Travel:Meals</ToName>"
                "</NameRangeFilter>"
            ),
            ["Travel", "Travel:Airfare", "Travel:Hotel", "Travel:Meals"],
        ),
    ],
)
def test_accounts_are_found_by_filters(office, inside, found):
    """Type, part of a name, range of names, and a limit."""
    assert names(office.done(f"<AccountQueryRq>{inside}</AccountQueryRq>")) == found


def test_what_was_changed_since_is_found_by_its_second(office):
    """FromModifiedDate and ToModifiedDate are inclusive and in the PC's local time."""
    office.clock.tick(100)
    office.done(mod(office, "Vendor", "Shell", "<Phone>1</Phone>"))
    query = (
        "<VendorQueryRq><FromModifiedDate>2026-08-05T10:01:{}</FromModifiedDate></VendorQueryRq>"
    )
    assert names(office.done(query.format("40"))) == ["Shell"]
    assert office.ask(query.format("41")).get("statusCode") == "1"
    until = (
        "<VendorQueryRq><FromModifiedDate>2026-08-05</FromModifiedDate><ToModifiedDate>"
        "2026-08-05T10:01:39</ToModifiedDate></VendorQueryRq>"
    )
    assert office.ask(until).get("statusCode") == "1"


def test_asking_for_something_absent_warns_and_returns_the_rest(office):
    """Status 500 with what was found."""
    found = office.ask(
        "<VendorQueryRq><FullName>Shell</FullName><FullName>Nobody</FullName></VendorQueryRq>"
    )
    assert (found.get("statusCode"), found.get("statusSeverity")) == ("500", "Warn")
    assert '("Nobody")' in found.get("statusMessage")
    assert names(found) == ["Shell"]


def test_one_query_over_all_entities_and_one_over_all_items(office):
    """EntityQuery and ItemQuery answer with the Ret of each kind."""
    tags = [one.tag for one in office.done("<EntityQueryRq/>")]
    assert tags == ["CustomerRet"] * 4 + ["VendorRet"] * 3
    assert [one.tag for one in office.done("<ItemQueryRq/>")] == [
        "ItemSalesTaxRet",
        "ItemServiceRet",
    ]


def test_answers_can_be_cut_down_to_some_elements(office):
    """IncludeRetElement leaves everything else out."""
    found = get(office, "Vendor", "Shell", "<IncludeRetElement>ListID</IncludeRetElement>")
    assert [one.tag for one in found] == ["ListID"]


def test_balances_come_from_the_ledger(office, make_check):
    """Accounts show their own balance and that of their children, on the side they grow."""
    office.done(make_check("40.00", account="Travel:Hotel", bank="Operating Checking"))
    bank = get(office, "Account", "Operating Checking")
    assert bank.findtext("Balance") == "249960.00"
    assert get(office, "Account", "Opening Balance Equity").findtext("Balance") == "250000.00"
    assert get(office, "Account", "Travel").findtext("TotalBalance") == "0.00"


def test_an_opening_balance_is_a_document(office):
    """AccountAdd with OpenBalance posts against Opening Balance Equity."""
    office.done(
        "<AccountAddRq><AccountAdd><Name>Van Loan</Name><AccountType>LongTermLiability"
        "</AccountType><OpenBalance>500.00</OpenBalance><OpenBalanceDate>2026-01-01"
        "</OpenBalanceDate></AccountAdd></AccountAddRq>"
    )
    assert office.company.balance("Van Loan") == -500
    assert office.company.balance("Opening Balance Equity") == -249500


def test_an_unused_object_can_be_deleted_and_is_remembered(office):
    """ListDel removes it, ListDeletedQuery tells for ninety days."""
    listed = get(office, "Vendor", "Shell").findtext("ListID")
    delete = "<ListDelRq><ListDelType>Vendor</ListDelType><ListID>{}</ListID></ListDelRq>"
    found = office.done(delete.format(listed))
    assert found.findtext("FullName") == "Shell"
    assert office.refused(delete.format(listed)) == "3120"
    asked = "<ListDeletedQueryRq><ListDelType>Vendor</ListDelType></ListDeletedQueryRq>"
    assert names(office.done(asked)) == ["Shell"]
    office.clock.tick(91 * 24 * 3600)
    assert office.ask(asked).get("statusCode") == "1"


def test_an_object_in_use_cannot_be_deleted(office):
    """3160 for an account with postings; several users only get it deactivated."""
    office.check()
    listed = get(office, "Account", "Fuel").findtext("ListID")
    delete = f"<ListDelRq><ListDelType>Account</ListDelType><ListID>{listed}</ListID></ListDelRq>"
    assert office.refused(delete) == "3160"
    office.company.configure(multi_user=True)
    office.done(delete)
    assert get(office, "Account", "Fuel").findtext("IsActive") == "false"


def test_custom_fields_are_shown_to_the_owner_that_asks(office):
    """A data extension comes along only with its OwnerID; accounts have no public ones."""
    listed = get(office, "Customer", "Lakeside Clinic").findtext("ListID")
    add = (
        "<DataExtAddRq><DataExtAdd><OwnerID>0</OwnerID><DataExtName>Region</DataExtName>"
        "<ListDataExtType>{}</ListDataExtType><ListObjRef><ListID>{}</ListID></ListObjRef>"
        "<DataExtValue>West</DataExtValue></DataExtAdd></DataExtAddRq>"
    )
    office.done(add.format("Customer", listed))
    plain = get(office, "Customer", "Lakeside Clinic")
    assert plain.find("DataExtRet") is None
    shown = get(office, "Customer", "Lakeside Clinic", "<OwnerID>0</OwnerID>")
    assert shown.findtext("DataExtRet/DataExtValue") == "West"
    account = get(office, "Account", "Fuel").findtext("ListID")
    assert office.refused(add.format("Account", account)) == "3351"


def test_the_file_id_of_an_application_is_kept_with_the_company(office):
    """Private data of the company is shown by CompanyQuery to its owner."""
    owner = "{6F1C2A3E-0000-4000-8000-000000000001}"
    office.done(
        f"<DataExtModRq><DataExtMod><OwnerID>{owner}</OwnerID><DataExtName>FileID</DataExtName>"
        "<OtherDataExtType>Company</OtherDataExtType><DataExtValue>{{x}}</DataExtValue>"
        "</DataExtMod></DataExtModRq>"
    )
    found = office.done(f"<CompanyQueryRq><OwnerID>{owner.lower()}</OwnerID></CompanyQueryRq>")
    assert found.findtext("CompanyRet/CompanyName") == "Northwind Care LLC"
    assert found.findtext("CompanyRet/DataExtRet/DataExtName") == "FileID"

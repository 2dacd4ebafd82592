"""Business, cardholders, tokens and vendors on the wire."""

import re


async def test_settings_name_the_funding_source(pex, pex_credit):
    """The funding source decides how a business is synchronised."""
    assert (await pex.get("Business/Settings"))["FundingSource"] == "Prepaid"
    settings = await pex_credit.get("Business/Settings")
    assert settings["FundingSource"] == "Credit"
    assert set(settings) == {
        *("SupportedCardType", "UseBusinessBalance", "UseRemoteDecision", "BlockCardDefunding"),
        *("UseCardholderGroup", "TagsEnabled", "AllocationTagsEnabled", "FundingSource"),
        *("CardLimit", "VendorLimit", "DefaultDailyLimit", "UseReimbursements", "UseBillPay"),
        "UseTagDependencies",
    }


async def test_enums_can_travel_as_numbers(pex):
    """A switch sends numbers where the vendor's SDK accepts both."""
    await pex.admin("PUT", "behaviour", {"numeric_enums": True})
    assert (await pex.get("Business/Settings"))["FundingSource"] == 1
    assert {row["TransactionType"] for row in await pex.rows()} == {1, 2, 3}
    types = {tag["Type"] for tag in await pex.get("Business/Configuration/Tags")}
    assert types == {0, 1, 2, 10}


async def test_account_details_list_the_cardholders(pex):
    """The business account comes with its cards, in the documented shape."""
    details = await pex.get("Details/AccountDetails")
    assert details["BusinessName"] == "Northwind Care LLC"
    assert details["BusinessAccountNumber"] == "0048211"
    assert details["OpenVendorCardsCount"] == 1
    person = details["CHAccountList"][0]
    assert set(person) == {
        *("AccountId", "FirstName", "LastName", "Email", "LedgerBalance", "AvailableBalance"),
        *("AccountStatus", "IsVirtual", "CardholderType", "CustomId", "UserGroupId", "UserGroups"),
        *("CardStatus", "CardNumber4Digits", "CardIssueDate", "CardExpiryDate"),
    }
    one = await pex.get(f"Details/AccountDetails/{person['AccountId']}")
    assert one["ProfileAddress"]["ContactName"] == "Dana Ruiz"
    assert "FirstName" not in one
    assert one["CardList"][0]["Last4CardNumber"] == person["CardNumber4Digits"]
    assert (await pex.call("GET", "/v4/Details/AccountDetails/1"))[0] == 404


async def test_paths_and_parameter_names_ignore_case(pex):
    """Callers write V4 or v4, and parameter names in any case."""
    assert await pex.call("GET", "/V4/business/BALANCE") == await pex.call(
        "GET", "/v4/Business/Balance"
    )
    lower = await pex.rows("details/allcardholdertransactions", includependings="TRUE")
    assert lower == await pex.rows(IncludePendings="True")
    assert len(lower) > len(await pex.rows())


async def test_unknown_paths_and_methods_are_refused(pex):
    """404 and 405 carry the vendor's error body."""
    status, body = await pex.call("GET", "/v4/Nothing/Here")
    assert (status, set(body)) == (404, {"Message"})
    status, body = await pex.call("POST", "/v4/Business/Balance", {})
    assert (status, set(body)) == (405, {"Message"})


async def test_vendors_come_by_page(pex):
    """Vendor pages count from one and state the total."""
    first = await pex.get("Vendor", PageIndex=1, PageSize=3)
    second = await pex.get("Vendor", PageIndex=2, PageSize=3)
    assert first["TotalCount"] == 4
    assert len(first["Vendors"]) == 3
    assert [row["VendorName"] for row in second["Vendors"]] == ["Harbor Uniform Supply"]
    assert (await pex.call("GET", "/v4/Vendor?PageSize=1001"))[0] == 400


async def test_amounts_have_exactly_two_places_in_the_json_text(pex):
    """Money is written from decimals: no exponent, no trace of binary fractions."""
    url = f"{pex.url}/v4/Details/AllCardholderTransactions"
    headers = {"Authorization": pex.authorization}
    async with pex.session.get(url, headers=headers) as response:
        text = await response.text()
    amounts = re.findall(r'"TransactionAmount":([^,}]+)', text)
    assert len(amounts) > 400
    assert all(re.fullmatch(r"-?\d+\.\d\d", amount) for amount in amounts)

"""Sales tax: automated, by hand, and outside the US."""

from decimal import Decimal

import pytest

CALIFORNIA = {"CountrySubDivisionCode": "CA"}
ARIZONA = {"CountrySubDivisionCode": "AZ"}
PAYABLE = "California Department of Tax and Fee Administration Payable"
MANUAL = {"TaxPrefs.PartnerTaxEnabled": None}
CANADA = {"CompanyInfo.Country": "CA", "TaxPrefs.PartnerTaxEnabled": None}


def taxes(shown):
    return [line["Amount"] for line in shown["TxnTaxDetail"].get("TaxLine", [])]


def test_automated_tax_follows_the_address(desk):
    """The ship-to state decides the rates; several rates of a group are shown one by one."""
    customer = desk.customer()
    shown = desk.invoice(customer, "100", tax="TAX", ShipAddr=CALIFORNIA)
    assert (shown["TotalAmt"], shown["TxnTaxDetail"]["TotalTax"]) == (108, 8)
    line = shown["TxnTaxDetail"]["TaxLine"][0]["TaxLineDetail"]
    assert (line["TaxPercent"], line["NetAmountTaxable"]) == (8, 100)
    arizona = desk.invoice(customer, "100", tax="TAX", ShipAddr=ARIZONA)
    assert taxes(arizona) == [Decimal("7.10"), 2]
    nowhere = desk.invoice(customer, "100", tax="TAX", ShipAddr={"CountrySubDivisionCode": "OR"})
    assert nowhere["TotalAmt"] == 100


def test_automated_tax_overwrites_the_code_that_was_sent(desk):
    """A tax code in the request does not change what the address says."""
    detail = {"TxnTaxCodeRef": {"value": "3"}}
    customer = desk.customer(ShipAddr=CALIFORNIA)
    shown = desk.invoice(customer, "100", tax="TAX", TxnTaxDetail=detail)
    assert shown["TxnTaxDetail"]["TxnTaxCodeRef"] == {"value": "2"}


def test_tax_is_owed_to_the_agency(desk):
    """Tax is no income: it is posted to the agency's account, and back by a credit memo."""
    customer = desk.customer()
    desk.invoice(customer, "100", tax="TAX")
    assert (desk.balance(PAYABLE), desk.balance("Services")) == (-8, -100)
    desk.sale("CreditMemo", customer, "100", tax="TAX")
    assert desk.balance(PAYABLE) == 0


def test_only_taxable_lines_are_taxed(desk):
    """NON lines are not."""
    lines = [desk.item_line("100", tax="TAX"), desk.item_line("50", tax="NON")]
    body = {"CustomerRef": {"value": desk.customer()}, "Line": lines}
    assert desk.company.create("Invoice", body)["TotalAmt"] == 158


def test_an_exempt_customer_pays_no_tax(desk):
    """Taxable false on the customer."""
    customer = desk.customer(Taxable=False)
    assert desk.invoice(customer, "100", tax="TAX")["TotalAmt"] == 100


@pytest.mark.parametrize("code", ["2", "3"])
def test_us_lines_know_only_tax_and_non(desk, code):
    """6100 for a numbered code on a line."""
    assert desk.refused(desk.invoice, desk.customer(), tax=code).code == "6100"


def test_a_tax_given_by_hand_is_honoured(desk):
    """TotalTax is shared out over the rates by percent without losing a cent."""
    customer = desk.customer()
    more = {"TxnTaxDetail": {"TotalTax": Decimal("7.77")}, "ShipAddr": ARIZONA}
    shown = desk.invoice(customer, "100", tax="TAX", **more)
    assert shown["TotalAmt"] == Decimal("107.77")
    assert taxes(shown) == [Decimal("6.06"), Decimal("1.71")]


def test_tax_lines_given_by_hand_are_kept(desk):
    """Each rate's amount as it was sent."""
    line = {
        "Amount": Decimal("8.01"),
        "DetailType": "TaxLineDetail",
        "TaxLineDetail": {"TaxRateRef": {"value": "3"}, "NetAmountTaxable": 100, "TaxPercent": 8},
    }
    shown = desk.invoice(desk.customer(), "100", tax="TAX", TxnTaxDetail={"TaxLine": [line]})
    assert shown["TotalAmt"] == Decimal("108.01")


def test_tax_where_none_applies_is_refused(open_desk):
    """6170 outside the US for a TotalTax on lines whose code has no rate; 0 is accepted."""
    desk = open_desk(CANADA)
    more = {"tax": code(desk, "Exempt")}
    customer = desk.customer()
    fault = desk.refused(desk.invoice, customer, "100", TxnTaxDetail={"TotalTax": 3}, **more)
    assert fault.code == "6170"
    assert desk.invoice(customer, "100", TxnTaxDetail={"TotalTax": 0}, **more)["TotalAmt"] == 100


def test_a_sparse_update_computes_the_tax_anew(desk):
    """New lines, new tax; a tax given by hand stays."""
    customer = desk.customer()
    computed = desk.invoice(customer, "100", tax="TAX")
    given = desk.invoice(customer, "100", tax="TAX", TxnTaxDetail={"TotalTax": 5})
    lines = [desk.item_line("200", tax="TAX")]
    assert desk.change("Invoice", computed, Line=lines)["TotalAmt"] == 216
    assert desk.change("Invoice", given, Line=lines)["TotalAmt"] == 205


def test_a_tax_sent_back_as_read_counts_as_given(open_desk):
    """Read, change the lines, write back: the old tax stays, unless the switch says otherwise."""
    desk = open_desk()
    shown = desk.invoice(desk.customer(), "100", tax="TAX")
    lines = [desk.item_line("200", tax="TAX")]
    assert desk.company.update("Invoice", {**shown, "Line": lines})["TotalAmt"] == 208
    desk.company.configure(tax_echo_is_override=False)
    shown = desk.invoice(desk.customer("B"), "100", tax="TAX")
    assert desk.company.update("Invoice", {**shown, "Line": lines})["TotalAmt"] == 216


@pytest.mark.parametrize(("rounding", "tax"), [("subtotal", "0.47"), ("line", "0.45")])
def test_tax_is_rounded_on_the_subtotal_or_on_each_line(open_desk, rounding, tax):
    """Five lines of 1.18 at 8 percent: 0.472 together, five times 0.0944 apart."""
    desk = open_desk(tax_rounding=rounding)
    lines = [desk.item_line("1.18", tax="TAX") for _ in range(5)]
    body = {"CustomerRef": {"value": desk.customer()}, "Line": lines}
    shown = desk.company.create("Invoice", body)
    assert shown["TxnTaxDetail"]["TotalTax"] == Decimal(tax)


@pytest.mark.parametrize(("after", "tax"), [(False, 8), (True, Decimal("7.20"))])
def test_a_discount_may_come_before_the_tax(desk, after, tax):
    """ApplyTaxAfterDiscount decides what is taxed."""
    discount = {
        "DetailType": "DiscountLineDetail",
        "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 10},
    }
    body = {
        "CustomerRef": {"value": desk.customer()},
        "ApplyTaxAfterDiscount": after,
        "Line": [desk.item_line("100", tax="TAX"), discount],
    }
    shown = desk.company.create("Invoice", body)
    assert (shown["TxnTaxDetail"]["TotalTax"], shown["TotalAmt"]) == (tax, 90 + tax)


def test_without_sales_tax_the_detail_is_ignored(open_desk):
    """UsingSalesTax false: TxnTaxDetail is dropped."""
    desk = open_desk({"TaxPrefs.UsingSalesTax": False})
    more = {"TxnTaxDetail": {"TotalTax": 8}}
    shown = desk.invoice(desk.customer(), "100", tax="TAX", **more)
    assert (shown["TotalAmt"], "TxnTaxDetail" in shown) == (100, False)


def test_by_hand_the_documents_code_decides(open_desk):
    """Before automated tax the group is chosen on the document, else by customer or company."""
    desk = open_desk(MANUAL)
    tucson = {"TxnTaxDetail": {"TxnTaxCodeRef": {"value": "3"}}}
    customer = desk.customer()
    shown = desk.invoice(customer, "100", tax="TAX", **tucson)
    assert taxes(shown) == [Decimal("7.10"), 2]
    assert desk.invoice(customer, "100", tax="TAX")["TotalAmt"] == 108
    other = desk.customer("Other", DefaultTaxCodeRef={"value": "3"})
    assert desk.invoice(other, "100", tax="TAX")["TotalAmt"] == Decimal("109.10")


def test_purchases_carry_no_tax_in_the_us(desk):
    """A tax detail on a purchase is dropped."""
    shown = desk.purchase("5", TxnTaxDetail={"TotalTax": 1})
    assert (shown["TotalAmt"], "TxnTaxDetail" in shown) == (5, False)


def test_global_tax_calculation_is_ignored_in_the_us(open_desk):
    """It is dropped, or by switch refused (6000)."""
    desk = open_desk()
    shown = desk.invoice(desk.customer(), GlobalTaxCalculation="TaxExcluded")
    assert "GlobalTaxCalculation" not in shown
    desk.company.configure(us_global_tax="refuse")
    fault = desk.refused(desk.invoice, desk.customer("B"), GlobalTaxCalculation="TaxExcluded")
    assert fault.code == "6000"


def code(desk, name):
    return desk.company.query(f"select Id from TaxCode where Name = '{name}'")["TaxCode"][0]["Id"]


def test_outside_the_us_each_line_has_its_code(open_desk):
    """The line's group of rates applies; a line without code is refused with the known text."""
    desk = open_desk(CANADA)
    both = code(desk, "GST/PST BC")
    shown = desk.invoice(desk.customer(), "100", tax=both)
    assert taxes(shown) == [5, 7]
    line = desk.item_line("100")
    del line["SalesItemLineDetail"]["TaxCodeRef"]
    body = {"CustomerRef": {"value": desk.customer("B")}, "Line": [line]}
    fault = desk.refused(desk.company.create, "Invoice", body)
    assert fault.code == "6000"
    assert "GST/HST rate" in fault.detail


def test_prices_may_include_the_tax(open_desk):
    """TaxInclusive: the net is what is left of the gross amount."""
    desk = open_desk(CANADA)
    more = {"GlobalTaxCalculation": "TaxInclusive", "tax": code(desk, "HST ON")}
    shown = desk.invoice(desk.customer(), "113", **more)
    line = shown["Line"][0]
    assert (line["Amount"], line["SalesItemLineDetail"]["TaxInclusiveAmt"]) == (100, 113)
    assert (shown["TotalAmt"], shown["TxnTaxDetail"]["TotalTax"]) == (113, 13)
    again = desk.company.update("Invoice", {**shown, "PrivateNote": "x"})
    assert again["TotalAmt"] == 113


def test_inclusive_prices_come_to_exactly_what_was_asked(open_desk):
    """Whatever the rounding of the net amounts, the total is the sum of the prices."""
    desk = open_desk(CANADA)
    hst = code(desk, "HST ON")
    lines = [desk.item_line("0.99", tax=hst) for _ in range(7)]
    body = {
        "CustomerRef": {"value": desk.customer()},
        "GlobalTaxCalculation": "TaxInclusive",
        "Line": lines,
    }
    shown = desk.company.create("Invoice", body)
    assert shown["TotalAmt"] == Decimal("6.93")
    assert shown["Line"][0]["Amount"] == Decimal("0.88")


def test_not_applicable_means_no_tax(open_desk):
    """Then lines need no code."""
    desk = open_desk(CANADA)
    more = {"GlobalTaxCalculation": "NotApplicable"}
    assert desk.purchase("100", **more)["TotalAmt"] == 100


def test_input_tax_of_a_purchase_is_claimed(open_desk):
    """Outside the US a purchase's tax is a debit to the agency."""
    desk = open_desk(CANADA)
    line = desk.expense_line("100", TaxCodeRef={"value": code(desk, "GST")})
    shown = desk.purchase(Line=[line])
    assert shown["TotalAmt"] == 105
    assert desk.balance("Revenue Agency Payable") == 5


def test_a_tax_code_is_made_with_its_rates(desk):
    """The tax service makes rates and the group; its parts can be read."""
    body = {
        "TaxCode": "NY 8.875",
        "TaxRateDetails": [
            {
                "TaxRateName": "NY state",
                "RateValue": "8.875",
                "TaxAgencyId": "1",
                "TaxApplicableOn": "Sales",
            }
        ],
    }
    shown = desk.company.tax_service(body)
    made = desk.company.read("TaxCode", shown["TaxCodeId"])
    assert made["TaxGroup"] is True
    rate = shown["TaxRateDetails"][0]["TaxRateId"]
    assert made["SalesTaxRateList"]["TaxRateDetail"][0]["TaxRateRef"]["value"] == rate
    assert desk.company.read("TaxRate", rate)["RateValue"] == Decimal("8.875")
    assert desk.refused(desk.company.tax_service, body).code == "6000"


def test_the_tax_service_checks_what_it_needs(desk):
    """2020 for missing parts, 2500 for an agency or rate that is not there."""
    serve = desk.company.tax_service
    rate = {"TaxRateName": "A", "RateValue": 1, "TaxAgencyId": "99"}
    assert desk.refused(serve, {"TaxRateDetails": [rate]}).element == "TaxCode"
    assert desk.refused(serve, {"TaxCode": "X"}).element == "TaxRateDetails"
    assert desk.refused(serve, {"TaxCode": "X", "TaxRateDetails": [rate]}).code == "2500"
    known = {"TaxCode": "X", "TaxRateDetails": [{"TaxRateId": "77"}]}
    assert desk.refused(serve, known).code == "2500"
    assert serve({"TaxCode": "X", "TaxRateDetails": [{"TaxRateId": "1"}]})["TaxCodeId"]


def test_an_agency_gets_its_account_with_its_first_rate(desk):
    """A new agency's tax is owed on an account of its own."""
    agency = desk.company.create("TaxAgency", {"DisplayName": "City of Q"})["Id"]
    rate = {"TaxRateName": "Q", "RateValue": 1, "TaxAgencyId": agency}
    desk.company.tax_service({"TaxCode": "Q", "TaxRateDetails": [rate]})
    assert "City of Q Payable" in desk.company.trial_balance()

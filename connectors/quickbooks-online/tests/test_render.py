"""Bodies say exactly what was meant, and what cannot be said is refused before it is sent."""

import datetime as dt
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from subledger.errors import RecordRejected
from subledger.model import Line, Reference, Tax, kinds
from subledger.model.marker import parse_marker
from subledger.money import Money
from subledger_quickbooks_online import fields, text
from subledger_quickbooks_online.company import Account, Classes, Company
from subledger_quickbooks_online.parts import email, quantity_and_price
from subledger_quickbooks_online.render import render

COMPANY = Company(
    accounts={
        "42": Account(id="42", name="Visa", type="Credit Card"),
        "13": Account(id="13", name="Meals", type="Expense"),
    }
)
TAX = Tax(amount=Money.of("1.00"), code=Reference(kind=kinds.TAX_CODE, id="2"))


def body_of(delivery, entity, company=COMPANY):
    return render(delivery(entity), company).body


def test_an_invoice_to_the_last_member(make, delivery):
    """A plain invoice holds these members and no others."""
    document = make.document(
        number="I-1",
        due=dt.date(2026, 4, 1),
        lines=(make.line("50.00", quantity=Decimal(2), price=Decimal(25), memo="Work"),),
    )
    assert body_of(delivery, document) == {
        "CustomerRef": {"value": make.customer.id},
        "TxnDate": "2026-03-01",
        "PrivateNote": "sl:invoice-1",
        "DocNumber": "I-1",
        "DueDate": "2026-04-01",
        "ARAccountRef": {"value": "84"},
        "Line": [
            {
                "Description": "Work",
                "Amount": Decimal("50.00"),
                "DetailType": "SalesItemLineDetail",
                "SalesItemLineDetail": {
                    "ItemRef": {"value": "1"},
                    "Qty": Decimal(2),
                    "UnitPrice": Decimal(25),
                    "TaxCodeRef": {"value": "NON"},
                },
            }
        ],
    }


def test_a_card_purchase_to_the_last_member(make, delivery):
    """A card purchase holds these members and no others."""
    assert body_of(delivery, make.movement(party=make.vendor, memo="sl:txn-1 Lunch")) == {
        "PaymentType": "CreditCard",
        "AccountRef": {"value": "42"},
        "EntityRef": {"value": make.vendor.id, "type": "Vendor"},
        "TxnDate": "2026-03-01",
        "PrivateNote": "sl:txn-1 Lunch",
        "Line": [
            {
                "Description": "Lunch",
                "Amount": Decimal("12.34"),
                "DetailType": "AccountBasedExpenseLineDetail",
                "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "13"}},
            }
        ],
    }


@pytest.mark.parametrize(
    ("quantity", "price", "kept"),
    [
        ("2", "25.00", True),
        ("3", "16.666667", True),
        ("3", "16.67", False),
        ("1", "50.00000001", False),
        (None, "50.00", False),
    ],
)
def test_quantity_and_price_are_sent_where_they_make_the_amount(quantity, price, kept):
    """QuickBooks refuses a line whose amount is not quantity times price."""
    line = Line(
        amount=Money.of("50.00"),
        quantity=Decimal(quantity) if quantity else None,
        price=Decimal(price),
    )
    assert bool(quantity_and_price(line)) is kept


def test_tax_of_the_united_states(make, delivery):
    """Lines are TAX or NON, the code and the amount stand at the document."""
    lines = (make.line("10.00", taxable=True), make.line("5.00"))
    body = body_of(delivery, make.document(lines=lines, tax=TAX))
    codes = [line["SalesItemLineDetail"]["TaxCodeRef"]["value"] for line in body["Line"]]
    assert codes == ["TAX", "NON"]
    assert body["TxnTaxDetail"] == {"TxnTaxCodeRef": {"value": "2"}, "TotalTax": Decimal("1.00")}
    assert "GlobalTaxCalculation" not in body


def test_tax_of_other_countries(make, delivery):
    """Each taxed line has its own code, and amounts are without tax."""
    company = attrs.evolve(COMPANY, country="CA")
    body = body_of(
        delivery, make.document(lines=(make.line("10.00", taxable=True),), tax=TAX), company
    )
    assert body["Line"][0]["SalesItemLineDetail"]["TaxCodeRef"] == {"value": "2"}
    assert body["GlobalTaxCalculation"] == "TaxExcluded"
    assert body_of(delivery, make.document(), company)["GlobalTaxCalculation"] == "NotApplicable"


def test_tax_without_sales_tax_is_refused(make, delivery):
    """Tax that QuickBooks would drop in silence is refused with the way out."""
    company = attrs.evolve(COMPANY, sales_tax=False)
    with pytest.raises(RecordRejected) as caught:
        body_of(delivery, make.document(tax=TAX), company)
    assert caught.value.category == "feature_off"


def test_classes_stand_where_the_company_wants_them(make, delivery):
    """On each line, on the document, or nowhere."""
    class_ = Reference(kind=kinds.CLASS, id="9", name="West")
    document = make.document(lines=(make.line("10.00", class_=class_),))

    def places(classes):
        body = body_of(delivery, document, attrs.evolve(COMPANY, classes=classes))
        return "ClassRef" in body["Line"][0]["SalesItemLineDetail"], "ClassRef" in body

    assert places(Classes.LINE) == (True, False)
    assert places(Classes.DOCUMENT) == (False, True)
    assert places(Classes.OFF) == (False, False)


def test_another_currency_needs_multicurrency(make, delivery):
    """Euros are refused in a company that knows dollars only."""
    document = make.document(
        lines=(Line(amount=Money.of("5.00", "EUR"), item=Reference(kind=kinds.ITEM, id="1")),)
    )
    with pytest.raises(RecordRejected) as caught:
        body_of(delivery, document)
    assert caught.value.category == "currency"
    company = attrs.evolve(COMPANY, multi_currency=True)
    assert body_of(delivery, document, company)["CurrencyRef"] == {"value": "EUR"}


def test_a_wrong_type_of_account_is_refused_by_name(make, delivery):
    """A card purchase on an expense account is refused before it is sent."""
    movement = make.movement(account=Reference(kind=kinds.ACCOUNT, id="13", name="Meals"))
    with pytest.raises(RecordRejected, match="Meals is of type Expense"):
        body_of(delivery, movement)


def test_an_unresolved_reference_is_a_missing_mapping(make, delivery):
    """A document that points at nothing is not sent."""
    document = attrs.evolve(make.document(), party=Reference(kind=kinds.CUSTOMER, name="Who"))
    with pytest.raises(RecordRejected, match="no customer Who"):
        body_of(delivery, document)


def test_all_that_is_too_long_is_told_at_once():
    """The check before sending names every text that does not fit."""
    body = {
        "CustomerRef": {"value": "1"},
        "DocNumber": "x" * 22,
        "BillAddr": {"City": "c" * 256},
        "CustomerMemo": {"value": "m" * 1001},
    }
    with pytest.raises(RecordRejected) as caught:
        fields.check("Invoice", body)
    for part in ("Line is missing", "DocNumber has 22", "City has 256", "CustomerMemo has 1001"):
        assert part in caught.value.message


@given(st.text(max_size=300))
def test_numbers_always_fit_and_stay_apart(number):
    """A long number is shortened to 21 characters, always in the same way."""
    fitted = text.number_of(number)
    assert len(fitted) <= 21
    assert fitted == text.number_of(number)
    assert text.number_of("A" * 40 + "1") != text.number_of("A" * 40 + "2")


@given(st.text(max_size=5000))
def test_notes_begin_with_the_marker_and_fit(memo):
    """However long or odd a memo is, the document can be found again."""
    note = text.note_of("sl:invoice-1", memo)
    assert len(note) <= 4000
    assert parse_marker(note) == "sl:invoice-1"
    note.encode("latin-1")


@given(st.text(min_size=1, max_size=700))
def test_names_are_stored_as_they_were_fitted(name):
    """A name that fits stays as it is, so that an entry is found under the name it got."""
    for kind in (kinds.VENDOR, kinds.CUSTOMER, kinds.ITEM, kinds.CLASS):
        once = text.fit_name(kind, name)
        assert text.fit_name(kind, once) == once
        once.encode("latin-1")


@pytest.mark.parametrize(
    ("given_", "stored"),
    [
        ("Caf\u00e9 \u201cRoma\u201d \u2013 5\u20ac", 'Caf\u00e9 "Roma" - 5EUR'),
        ("\u0141\u00f3d\u017a", "L\u00f3dz"),
        ("tea \U0001f375", "tea ?"),
        ("a\x00b", "a b"),
    ],
)
def test_text_is_written_in_its_nearest_form(given_, stored):
    """Typographic marks and foreign letters keep their sense."""
    assert text.storable(given_) == stored


@pytest.mark.parametrize(
    ("addresses", "kept"),
    [
        ("a@b.example", "a@b.example"),
        ("a@b.example; c@d.example", "a@b.example,c@d.example"),
        ("nobody, a@b.example", "a@b.example"),
        ("nobody", None),
        (f"{'a' * 95}@b.example, c@d.example", "c@d.example"),
    ],
)
def test_only_addresses_that_are_taken_are_sent(addresses, kept):
    """One bad address would refuse the whole document."""
    assert email(addresses) == ({"Address": kept} if kept else None)

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
        "4": Account(id="4", name="Undeposited Funds", type="Other Current Asset"),
        "35": Account(id="35", name="Checking", type="Bank"),
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


@pytest.mark.parametrize("kind", [kinds.SALES_RECEIPT, kinds.REFUND_RECEIPT])
def test_a_receipt_to_the_last_member(make, delivery, kind):
    """A receipt says where its money is and how it came; nothing of it is owed or due."""
    receipt = make.document(
        kind,
        number="R-1",
        due=dt.date(2026, 4, 1),
        terms=Reference(kind=kinds.TERMS, id="3"),
        payment_method=Reference(kind=kinds.PAYMENT_METHOD, id="2"),
        payment_number="77",
    )
    body = body_of(delivery, receipt)
    assert body.pop("Line")[0]["Amount"] == Decimal("100.00")
    assert body == {
        "CustomerRef": {"value": make.customer.id},
        "TxnDate": "2026-03-01",
        "PrivateNote": f"sl:{kind}-1",
        "DocNumber": "R-1",
        "PaymentMethodRef": {"value": "2"},
        "PaymentRefNum": "77",
        "DepositToAccountRef": {"value": "4" if kind == kinds.SALES_RECEIPT else "35"},
    }


def test_a_purchase_to_the_last_member(make, delivery):
    """What was bought of a customer and paid in cash holds these members and no others."""
    meals = Reference(kind=kinds.ACCOUNT, id="13", name="Meals")
    bought = make.document(
        kinds.PURCHASE,
        party=make.customer,
        lines=(make.line("60.00", account=meals),),
        number="P-1",
        due=dt.date(2026, 4, 1),
        payment_number="77",
    )
    assert body_of(delivery, bought) == {
        "PaymentType": "Cash",
        "AccountRef": {"value": "35"},
        "EntityRef": {"value": make.customer.id, "type": "Customer"},
        "DocNumber": "P-1",
        "TxnDate": "2026-03-01",
        "PrivateNote": "sl:purchase-1",
        "Line": [
            {
                "Amount": Decimal("60.00"),
                "DetailType": "AccountBasedExpenseLineDetail",
                "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "13"}},
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


@pytest.mark.parametrize(
    ("entity", "missing", "longest"),
    [
        ("SalesReceipt", ("Line",), 21),
        ("RefundReceipt", ("DepositToAccountRef", "Line"), 100),
        ("Purchase", ("PaymentType", "AccountRef", "Line"), None),
    ],
)
def test_what_is_paid_at_once_is_checked_before_it_is_sent(entity, missing, longest):
    """Members that QuickBooks requires and texts that it would refuse are told all at once."""
    long = {"DocNumber": "x" * 22, "PrivateNote": "n" * 4001}
    if longest:
        long["PaymentRefNum"] = "p" * (longest + 1)
    with pytest.raises(RecordRejected) as caught:
        fields.check(entity, long)
    told = caught.value.message
    assert [name for name in missing if f"{name} is missing" not in told] == []
    assert [name for name in long if f"{name} has {len(long[name])}" not in told] == []
    whole = dict.fromkeys(missing, "1") | {name: text[:-1] for name, text in long.items()}
    fields.check(entity, whole)


@given(st.text(max_size=300))
def test_numbers_always_fit_and_stay_apart(number):
    """A long number is shortened to 21 characters, always in the same way."""
    fitted = text.number_of(number)
    assert len(fitted) <= 21
    assert fitted == text.number_of(number)
    assert text.number_of("A" * 40 + "1") != text.number_of("A" * 40 + "2")
    assert (len(text.number_of("A" * 40)), text.number_of("A" * 21)) == (21, "A" * 21)


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

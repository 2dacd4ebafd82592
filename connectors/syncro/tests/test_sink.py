"""Payments from the books arrive in Syncro once, and customers are matched before they are made."""

import datetime as dt
import json

import pytest
from attrs import evolve

from subledger.errors import AuthenticationError, TemporaryError
from subledger.manifest import Operation
from subledger.model import Address, Application, Party, Reference, Settlement, kinds
from subledger.money import Money
from subledger.ports import Absent, Delivery, Posted, Query, Question, Refused, Unknown
from subledger.secret import Secret
from subledger_syncro.render import payment_request, preview
from subledger_syncro.simulator import WRITER, FaultPlan, sales


def party(id_, kind=kinds.CUSTOMER):
    return Reference(kind=kind, id=str(id_), name="Landmark Payer")


def payment(customer, cents, applied=None, **values):
    return Settlement(
        kind=kinds.PAYMENT,
        id="77",
        party=party(customer),
        date=dt.date(2026, 4, 9),
        amount=Money(cents),
        applications=tuple(
            Application(document=Reference(kind=kinds.INVOICE, id=str(id_)), amount=Money(part))
            for id_, part in (applied or {}).items()
        ),
        account=Reference(kind=kinds.ACCOUNT, name="Accounts Receivable"),
        **{"number": "4711", **values},
    )


def delivery(entity, operation=Operation.CREATE):
    return Delivery(
        effect=1,
        kind=entity.kind,
        operation=operation,
        key="k" * 26,
        attempt_key="a" * 26,
        marker=f"sl:{entity.kind}-{entity.id}",
        entity=entity,
    )


@pytest.fixture
def account(world):
    """An account with two open invoices of one customer: 120.00 and 200.00."""
    account = world(invoices=30)
    now, simulated = account.clock(), account.simulation.world
    account.payer = account.marks["double_one"]
    account.open = [
        sales.add_invoice(
            simulated,
            now,
            customer_id=account.payer,
            day=now.date(),
            lines=[
                sales.line(simulated, now, item="A", name="A", price_cents=cents, taxable=False)
            ],
        ).id
        for cents in (12_000, 20_000)
    ]
    return account


async def deliver(account, entity, operation=Operation.CREATE, **settings):
    async with account.sink(**settings) as sink:
        (outcome,) = await sink.deliver([delivery(entity, operation)])
    return outcome


async def find(account, entity, **settings):
    async with account.sink(**settings) as sink:
        return await sink.find(delivery(entity))


def made(account):
    """The newest payment of the account."""
    payments = account.simulation.world.payments
    return payments[max(payments)]


async def test_a_payment_over_two_invoices_arrives_to_the_cent(account):
    """Customer, amount, both parts, and our marker in the reference."""
    one, two = account.open
    outcome = await deliver(account, payment(account.payer, 30_000, {one: 12_000, two: 18_000}))
    there = made(account)
    assert outcome == Posted(
        type="Payment",
        id=str(there.id),
        guard=outcome.guard,
        amount=Money(-30_000),
        account="Accounts Receivable",
    )
    assert dict(there.applied) == {one: 12_000, two: 18_000}
    assert (there.customer_id, there.cents) == (account.payer, 30_000)
    assert (there.ref_num, there.method) == ("sl:payment-77 4711", "Other")


def test_parts_for_one_invoice_are_added_up(world):
    """Two applications to an invoice are one part of the payment, with their sum."""
    entity = payment(7, 15_000, {41: 10_000})
    more = Application(document=Reference(kind=kinds.INVOICE, id="41"), amount=Money(5_000))
    twice = evolve(entity, applications=(*entity.applications, more))
    request = payment_request(delivery(twice), world().config())
    assert request.body["apply_payments"] == {"41": 15_000}


async def test_a_payment_without_invoices_is_credit(account):
    """What settles nothing stays as the customer's credit."""
    await deliver(account, payment(account.payer, 5_000))
    assert made(account).applied == ()
    (_, _, _, body) = account.wire.sent[-1]
    assert "apply_payments" not in json.loads(body)


async def test_the_method_of_the_books_is_told(account):
    """The mapped method wins over the source's word."""
    method = Reference(kind=kinds.PAYMENT_METHOD, name="Cash")
    await deliver(account, payment(account.payer, 5_000, method="check", payment_method=method))
    assert made(account).method == "Cash"


async def test_a_lost_answer_is_unknown_and_then_found(account):
    """The write took effect, its answer did not come: it is found, never written again."""
    entity = payment(account.payer, 12_000, {account.open[0]: 12_000})
    before = len(account.simulation.world.payments)
    account.simulation.faults = FaultPlan(lose_write_at=(1,))
    assert isinstance(await deliver(account, entity), Unknown)
    outcome = await find(account, entity)
    assert isinstance(outcome, Posted)
    assert (outcome.id, outcome.recovered) == (str(made(account).id), True)
    assert outcome.amount == Money(-12_000)
    assert len(account.simulation.world.payments) == before + 1


@pytest.mark.parametrize("behaviour", [{"payment_query": "ignored"}, {"search_lag_seconds": 900}])
@pytest.mark.parametrize("order", ["newest", "oldest"])
async def test_it_is_found_also_where_the_search_does_not_help(account, behaviour, order):
    """A slow or deaf search is not proof of absence: the list is read."""
    account.simulation.behaviour = evolve(account.simulation.behaviour, order=order, **behaviour)
    entity = payment(account.payer, 12_000, {account.open[0]: 12_000})
    account.simulation.faults = FaultPlan(lose_write_at=(1,))
    await deliver(account, entity)
    outcome = await find(account, entity)
    assert isinstance(outcome, Posted)
    assert outcome.id == str(made(account).id)


async def test_a_write_that_never_arrived_is_absent(account):
    """Searched and certainly not there: it may be sent again."""
    entity = payment(account.payer, 12_000, {account.open[0]: 12_000})
    account.simulation.faults = FaultPlan(drop_at=(1,))
    assert isinstance(await deliver(account, entity), Unknown)
    account.simulation.faults = FaultPlan()
    before = len(account.wire.sent)
    assert isinstance(await find(account, entity), Absent)
    assert all(method == "GET" for method, *_ in account.wire.sent[before:])


async def test_somebodys_own_payment_alike_is_a_case_for_a_person(account):
    """The same customer, amount and invoice without our marker may be ours or theirs."""
    now, invoice = account.clock(), account.simulation.world.invoices[account.open[0]]
    sales.pay_invoice(account.simulation.world, now, invoice, ref_num="by hand")
    outcome = await find(account, payment(account.payer, 12_000, {account.open[0]: 12_000}))
    assert isinstance(outcome, Unknown)
    assert outcome.decide


async def test_a_marker_that_only_begins_alike_is_another_payment(account):
    """``sl:payment-77`` is not ``sl:payment-777``."""
    other = evolve(payment(account.payer, 12_000, {account.open[0]: 12_000}), id="777")
    await deliver(account, other)
    entity = payment(account.payer, 12_000, {account.open[0]: 12_000})
    assert isinstance(await find(account, entity), Absent)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"amount": Money(0), "applications": ()}, "Credits cannot be applied"),
        (
            {
                "applications": (
                    Application(
                        document=Reference(kind=kinds.CREDIT_MEMO, id="5"), amount=Money(100)
                    ),
                )
            },
            "credit_memo",
        ),
        ({"party": Reference(kind=kinds.CUSTOMER, record="5")}, "not known in Syncro"),
    ],
)
async def test_what_the_interface_cannot_take_is_refused_with_a_way_out(account, change, words):
    """Nothing is sent, and the finding says what to do."""
    entity = evolve(payment(account.payer, 12_000), **change)
    outcome = await deliver(account, entity)
    assert isinstance(outcome, Refused)
    assert outcome.finding.category == "validation"
    assert words in outcome.finding.message
    assert outcome.finding.hint
    assert account.wire.sent == []


@pytest.mark.parametrize("operation", [Operation.UPDATE, Operation.VOID, Operation.DELETE])
async def test_payments_cannot_be_changed(account, operation):
    """Syncro's interface only makes payments."""
    outcome = await deliver(account, payment(account.payer, 12_000), operation)
    assert isinstance(outcome, Refused)
    assert "cannot" in outcome.finding.message
    assert account.wire.sent == []


@pytest.mark.parametrize("direction", ["to_books", "off"])
async def test_payments_never_go_both_ways(account, direction):
    """A connection whose payments go to the books takes none from there."""
    outcome = await deliver(account, payment(account.payer, 12_000), payments=direction)
    assert isinstance(outcome, Refused)
    assert outcome.finding.category == "excluded"
    assert account.wire.sent == []


async def test_a_refusal_tells_syncros_own_words(account):
    """An invoice of another customer is refused, and the reason is shown."""
    other = account.marks["paid_in_two"]
    outcome = await deliver(account, payment(account.payer, 12_000, {other: 100}))
    assert isinstance(outcome, Refused)
    assert (outcome.finding.category, outcome.code) == ("validation", "422")
    assert "Invoice is invalid" in outcome.finding.detail


async def test_a_missing_permission_and_a_wrong_token_are_told_apart(world):
    """One is a finding about the write, the other stops the connection."""
    account = world(invoices=30, permissions=WRITER - {"Payments - Create"})
    entity = payment(account.marks["payer"], 5_000)
    outcome = await deliver(account, entity)
    assert outcome.finding.category == "permission"
    assert "Payments - Create" in outcome.finding.hint
    with pytest.raises(AuthenticationError):
        await deliver(account, entity, api_token=Secret("wrong"))


async def test_a_payment_that_was_taken_is_posted_whatever_the_answer_says(account):
    """An amount that cannot be read does not make the write undone."""
    original = type(account.wire).__call__

    async def garbling(self, method, url, **values):
        answer = await original(self, method, url, **values)
        return evolve(answer, body=answer.body.replace(b":120,", b':"?",'))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(account.wire), "__call__", garbling)
        outcome = await deliver(account, payment(account.payer, 12_000))
    assert isinstance(outcome, Posted)
    assert (outcome.id, outcome.amount) == (str(made(account).id), None)


async def test_a_limit_that_lasts_is_told_as_such(account):
    """Certainly nothing was written, so it is not unknown."""
    account.simulation.faults = FaultPlan(storm=(1, 100))
    with pytest.raises(TemporaryError):
        await deliver(account, payment(account.payer, 12_000))


async def test_a_new_customer_is_made_once(account):
    """Made under the name by which it is found again; a second time it is found."""
    customer = Party(
        kind=kinds.CUSTOMER,
        id="9",
        name="Harbor School District",
        company="Harbor School District",
        email="office@harbor.example, second@harbor.example",
        phone="512-555-0100",
        address=Address(lines=("1 Pier", "Dock 2"), city="Austin", region="TX", postcode="78701"),
    )
    outcome = await deliver(account, customer)
    there = account.simulation.world.customers[int(outcome.id)]
    assert there.display_name == "Harbor School District"
    assert (there.email, there.address, there.address_2, there.zip) == (
        "office@harbor.example",
        "1 Pier",
        "Dock 2",
        "78701",
    )
    assert outcome.entry.name == "Harbor School District"
    assert not outcome.recovered
    again = await deliver(account, customer)
    assert (again.id, again.recovered) == (outcome.id, True)


@pytest.mark.parametrize("name", ["Landmark Dental", "landmark  DENTAL ", "Landmark Closed"])
async def test_a_customer_of_the_same_name_is_taken(account, name):
    """Case and spaces do not make another customer; neither does being disabled."""
    before = len(account.simulation.world.customers)
    outcome = await deliver(account, Party(kind=kinds.CUSTOMER, id="9", name=name))
    assert outcome.recovered
    assert len(account.simulation.world.customers) == before


async def test_a_person_keeps_first_and_last_name(account):
    """Who has no company is a person, found under the full name."""
    person = Party(kind=kinds.CUSTOMER, id="9", name="Zoe Ames", first_name="Zoe", last_name="Ames")
    outcome = await deliver(account, person)
    there = account.simulation.world.customers[int(outcome.id)]
    assert (there.business_name, there.display_name) == (None, "Zoe Ames")
    assert (await find(account, person)).id == outcome.id


async def test_a_customer_that_was_never_made_is_absent(account):
    """After a lost answer the name decides."""
    assert isinstance(
        await find(account, Party(kind=kinds.CUSTOMER, id="9", name="Nobody Knows")), Absent
    )


async def ask(world, /, **question):
    async with world.sink() as sink:
        found = [page async for page in sink.read(Question(id=1, **question))]
    return [one for page, _ in found for one in page], [one for _, page in found for one in page]


async def test_customers_and_methods_are_told(account):
    """Every customer under its display name, and the ways to pay."""
    entries, _ = await ask(account, query=Query.LISTS)
    names = {entry.name for entry in entries if entry.kind == kinds.CUSTOMER}
    assert {"Landmark Dental", "Landmark Closed"} <= names
    assert {entry.name for entry in entries if entry.kind == kinds.PAYMENT_METHOD} >= {"Check"}
    closed = next(entry for entry in entries if entry.name == "Landmark Closed")
    assert not closed.active


async def test_payments_are_read_back_with_our_key(account):
    """The period's payments, declined ones left out, ours with the marker."""
    await deliver(account, payment(account.payer, 12_000, {account.open[0]: 12_000}))
    day = account.clock().date()
    _, documents = await ask(
        account, query=Query.DOCUMENTS, since=day, until=day, account="Accounts Receivable"
    )
    ours = [one for one in documents if one.key == "sl:payment-77"]
    assert [(one.amount, one.account) for one in ours] == [(Money(-12_000), "Accounts Receivable")]
    _, year = await ask(account, query=Query.DOCUMENTS, account="Accounts Receivable")
    truth = account.truth["payments"]
    assert {one.id for one in year} == {id_ for id_, one in truth.items() if one["success"]}


async def test_no_period_is_closed(account):
    """Syncro knows no closing date."""
    async with account.sink() as sink:
        assert await sink.closing_date() is None


def test_a_preview_shows_what_would_be_recorded():
    """Reference, customer and the receivables' change, without asking Syncro."""
    shown = preview(delivery(payment(5, 12_000)), None)
    assert (shown.type, shown.number, shown.party) == (
        "Payment",
        "sl:payment-77 4711",
        "Landmark Payer",
    )
    assert [(one.account, one.amount) for one in shown.postings] == [
        ("Accounts Receivable", Money(-12_000))
    ]
    shown = preview(delivery(Party(kind=kinds.CUSTOMER, id="9", name="A")), None)
    assert (shown.type, shown.party, shown.postings) == ("Customer", "A", ())


async def test_check_names_the_missing_permissions(world):
    """What a token lacks is told by the name that Syncro's settings have."""
    account = world(invoices=30, permissions=WRITER - {"Payments - View List", "Vendors - List"})
    async with account.source() as source:
        first, *lacks = await source.check()
    assert first.startswith("Connected to acme as ")
    assert first.endswith("Dates are in America/Chicago.")
    assert [sentence.split(" (")[0] for sentence in lacks] == [
        "The token lacks the permission Payments - View List",
        "The token lacks the permission Vendors - List",
    ]


async def test_check_of_a_sink_looks_at_writing(world):
    """A token that may only read is told of before the first payment."""
    account = world(invoices=30, permissions=WRITER - {"Payments - Create", "Customers - Edit"})
    async with account.sink() as sink:
        sentences = await sink.check()
    assert [sentence for sentence in sentences if "Create" in sentence] == [
        "The token lacks the permission Payments - Create (Syncro: Admin, API Tokens).",
        "The token lacks the permission Customers - Create (Syncro: Admin, API Tokens).",
    ]
    async with world(invoices=30).sink() as sink:
        assert len(await sink.check()) == 1

"""The books as a source: a flow's question is answered page by page, and nothing is missed."""

import datetime as dt
import json

import pytest
import sqlalchemy as sa
from lxml import etree

from subledger.flow.intake import normalise_page
from subledger.ledger import books, records
from subledger.ledger.records import Subscriber
from subledger.model import kinds as k
from subledger.ports import Query, Question
from subledger.store.moments import to_ms
from subledger.store.schema import FLOW, QUESTION, RECORD
from subledger_quickbooks_desktop.arrival import LongAnswer
from subledger_quickbooks_desktop.plugin import register_sources
from subledger_quickbooks_desktop.simulator.web_connector.soap import render_call

(SOURCE,) = register_sources()
MONEY = frozenset({k.INVOICE, k.PAYMENT})
EVERYTHING = frozenset(
    {
        *(k.CUSTOMER, k.VENDOR, k.ITEM, k.INVOICE, k.CREDIT_MEMO, k.PAYMENT),
        *(k.SALES_RECEIPT, k.BILL, k.VENDOR_CREDIT, k.BILL_PAYMENT),
    }
)
SINCE = dt.date(2026, 3, 1)
REFUSED = (
    '<QBXML><QBXMLMsgsRs><{0}Rs statusCode="{1}" statusSeverity="Error" statusMessage="no"/>'
    "</QBXMLMsgsRs></QBXML>"
)


def take(c, connection, page):
    """What the kernel does with records: they are staged for the flows that read them."""
    readers = [Subscriber(flow="back", kinds=EVERYTHING)]
    records.stage(c, connection, readers, normalise_page(SOURCE, page), 1)


class Reader:
    """A bench, a person in its company file, and a flow that reads from it."""

    def __init__(self, bench):
        self.bench = bench
        self.human = bench.company.human

    async def ask(self, kinds=MONEY, whole=frozenset()):
        """A run of the flow puts its question."""

        def work(c: sa.Connection) -> None:
            if c.execute(sa.select(FLOW).where(FLOW.c.name == "back")).first() is None:
                c.execute(sa.insert(FLOW).values(name="back"))
            cursor = c.execute(sa.select(FLOW.c.cursor)).scalar()
            asked = Question(
                id=0,
                query=Query.RECORDS,
                since=SINCE,
                position=cursor or "",
                flow="back",
                kinds=frozenset(kinds),
                whole=frozenset(whole),
            )
            books.ask_for_records(c, "books", asked, to_ms(self.bench.clock()))

        await self.bench.store.tx(work)

    async def read(self, **asked):
        """A run, and the next session."""
        await self.ask(**asked)
        self.bench.wire.clear()
        result = await self.bench.run()
        assert not result.failed, result
        assert not await self.open()
        return await self.known()

    async def known(self):
        """The records that the flows have: kind and id, with the entity."""
        rows = await self.bench.store.tx(lambda c: c.execute(sa.select(RECORD)).all())
        return {(row.kind, row.id): json.loads(row.entity) for row in rows if row.entity}

    async def open(self):
        """The questions that wait for their answer."""
        return await self.bench.store.tx(
            lambda c: c.execute(sa.select(QUESTION).where(QUESTION.c.state == "open")).all()
        )

    def requests(self):
        """Every query of the last session that was put for the flow."""
        sent = [content for sort, content in self.bench.wire if sort.endswith("request.xml")]
        found = [etree.fromstring(content)[0][0] for content in sent]
        return [request for request in found if request.tag != "CompanyActivityQueryRq"]

    def customer(self, name, **more):
        """A person enters a customer."""
        return self.human.add_list_object("Customer", {"Name": name, **more})

    def invoice(self, customer, number, amount="50.00", date="2026-03-02"):
        """A person writes an invoice."""
        line = {"ItemRef": {"FullName": "Consulting"}, "Amount": amount}
        return self.human.add_document(
            "Invoice",
            {
                "CustomerRef": {"FullName": customer},
                "TxnDate": date,
                "RefNumber": number,
                "InvoiceLineAdd": [line],
            },
        )

    def receipt(self, customer, number, amount="50.00"):
        """A person writes a sales receipt."""
        line = {"ItemRef": {"FullName": "Consulting"}, "Amount": amount}
        return self.human.add_document(
            "SalesReceipt",
            {
                "CustomerRef": {"FullName": customer},
                "RefNumber": number,
                "CheckNumber": "991",
                "SalesReceiptLineAdd": [line],
            },
        )

    def pay(self, customer, invoice, amount):
        """A person records a payment of an invoice."""
        return self.human.add_document(
            "ReceivePayment",
            {
                "CustomerRef": {"FullName": customer},
                "TotalAmount": amount,
                "AppliedToTxnAdd": [{"TxnID": invoice, "PaymentAmount": amount}],
            },
        )


@pytest.fixture
def reader(make_bench):
    """A reader with small pages."""
    return Reader(make_bench(page_size=2, take=take))


async def test_documents_are_read_page_by_page(reader):
    """All of a period come, through the iterator, and their queries are valid by the schema."""
    reader.customer("Acme")
    numbers = [reader.invoice("Acme", f"I-{n}") for n in range(5)]
    reader.invoice("Acme", "old", date="2025-12-31")
    paid = reader.pay("Acme", numbers[0], "20.00")
    known = await reader.read()
    assert known.keys() == {("payment", paid), *(("invoice", number) for number in numbers)}
    payment = known["payment", paid]
    assert payment["amount"] == "2000 USD"
    assert payment["applications"][0]["document"]["record"] == numbers[0]
    asked = [(request.tag, request.get("iterator")) for request in reader.requests()]
    assert asked == [
        ("InvoiceQueryRq", "Start"),
        ("InvoiceQueryRq", "Continue"),
        ("InvoiceQueryRq", "Continue"),
        ("ReceivePaymentQueryRq", "Start"),
        ("TxnDeletedQueryRq", None),
    ]


async def test_every_query_is_valid_by_the_published_schema(reader, official_schema):
    """The first and the later queries for everything, and those for what documents name."""
    parent = reader.customer("Acme")
    reader.customer("West", ParentRef={"ListID": parent})
    reader.invoice("Acme:West", "I-1")
    for whole in (frozenset(), frozenset({k.CUSTOMER, k.VENDOR, k.ITEM})):
        for _ in range(2):
            await reader.read(kinds=EVERYTHING, whole=whole)
            sent = [content for sort, content in reader.bench.wire if sort.endswith("request.xml")]
            assert len(sent) > 8
            for content in sent:
                document = etree.fromstring(content)
                assert official_schema.validate(document), official_schema.error_log


async def test_later_only_what_changed_is_read(reader):
    """A later question brings what is new, changed or gone, however old it is; a void is gone."""
    reader.customer("Acme")
    old = reader.invoice("Acme", "old", date="2025-06-30")
    first, second = reader.invoice("Acme", "1"), reader.invoice("Acme", "2")
    paid = reader.pay("Acme", first, "20.00")
    assert ("invoice", old) not in await reader.read()
    reader.bench.clock.forward(6 * 3600)
    assert (await reader.read()).keys() >= {("invoice", first)}
    reader.human.delete_document(paid)
    reader.human.void_document(second)
    reader.human.edit_document(old, {"Memo": "looked at"})
    reader.bench.clock.forward(6 * 3600)
    known = await reader.read()
    assert known.keys() == {("invoice", first), ("invoice", old)}
    filters = [child.tag for request in reader.requests() for child in request]
    assert "TxnDateRangeFilter" not in filters
    assert filters.count("ModifiedDateRangeFilter") >= 2


async def test_sales_receipts_are_read_with_their_customers(reader):
    """What was sold and paid at once comes with its customer; void or deleted it is gone."""
    kinds = {k.CUSTOMER, k.SALES_RECEIPT}
    customer = reader.customer("Acme")
    first, second, third = (reader.receipt("Acme", f"R-{n}") for n in range(3))
    known = await reader.read(kinds=kinds)
    every = {("sales_receipt", number) for number in (first, second, third)}
    assert known.keys() == {("customer", customer), *every}
    assert known["sales_receipt", first]["payment_number"] == "991"
    assert known["sales_receipt", first]["amount"] == "5000 USD"
    reader.human.void_document(first)
    reader.human.delete_document(second)
    reader.bench.clock.forward(6 * 3600)
    known = await reader.read(kinds=kinds)
    assert known.keys() == {("customer", customer), ("sales_receipt", third)}


async def test_nothing_yet_is_asked_for_by_date_again(reader):
    """Where nothing was found there is no moment to go on from: the first dates stay."""
    await reader.read()
    reader.bench.clock.forward(100 * 24 * 3600)
    reader.customer("Acme")
    number = reader.invoice("Acme", "1", date="2026-03-05")
    assert ("invoice", number) in await reader.read()


async def test_named_parties_and_items_come_along(reader):
    """Of parties and items come those that a document names, and who they belong to."""
    parent = reader.customer("Acme")
    child = reader.customer("West", ParentRef={"ListID": parent})
    reader.customer("Nobody")
    number = reader.invoice("Acme:West", "1")
    known = await reader.read(kinds={k.CUSTOMER, k.ITEM, k.INVOICE})
    item = known["invoice", number]["lines"][0]["item"]["record"]
    assert known.keys() == {
        *(("invoice", number), ("customer", child), ("customer", parent), ("item", item))
    }
    assert known["customer", child]["parent"]["record"] == parent


async def test_an_answer_that_comes_twice_is_no_answer_to_the_next_query(reader):
    """Customers delivered again are not taken for the next page of the invoices."""
    customer = reader.customer("Acme")
    numbers = {("invoice", reader.invoice("Acme", f"I-{n}")) for n in range(5)}
    await reader.ask(kinds={k.CUSTOMER, k.INVOICE})
    bench = reader.bench
    ticket, request, session = await bench.until("CustomerQueryRq")
    customers = session.process(request)
    await bench.give(ticket, customers)
    request = await bench.ask(ticket)
    assert 'iterator="Continue"' in request
    await bench.give(ticket, customers)
    request = await bench.ask(ticket)
    while request:
        await bench.give(ticket, session.process(request))
        request = await bench.ask(ticket)
    assert (await reader.known()).keys() == {("customer", customer), *numbers}


async def test_whole_lists_come_with_their_deletions(reader):
    """A flow of lists brings all entries; one that was deleted is gone."""
    kinds = {"kinds": {k.CUSTOMER}, "whole": {k.CUSTOMER}}
    first, second = reader.customer("Acme"), reader.customer("Nobody")
    known = await reader.read(**kinds)
    assert {("customer", first), ("customer", second)} <= known.keys()
    reader.bench.clock.forward(6 * 3600)
    session = reader.bench.session()
    session.process(
        '<?xml version="1.0"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="stopOnError">'
        f"<ListDelRq><ListDelType>Customer</ListDelType><ListID>{second}</ListID></ListDelRq>"
        "</QBXMLMsgsRq></QBXML>"
    )
    session.end()
    reader.human.rename("Customer", "Acme", "Acme Ltd")
    known = await reader.read(**kinds)
    assert ("customer", second) not in known
    assert known["customer", first]["name"] == "Acme Ltd"


async def test_a_session_that_breaks_off_begins_the_query_again(reader):
    """The next session starts the iterator anew: nothing is missing, nothing is there twice."""
    reader.customer("Acme")
    numbers = {("invoice", reader.invoice("Acme", f"I-{n}")) for n in range(5)}
    await reader.ask(kinds={k.INVOICE})
    bench = reader.bench
    ticket, request, session = await bench.until("InvoiceQueryRq")
    await bench.give(ticket, session.process(request))
    assert 'iterator="Continue"' in await bench.ask(ticket)
    assert len(await reader.known()) == 2
    bench.restart()
    bench.clock.forward(3600)
    _, request, session = await bench.until("InvoiceQueryRq")
    assert 'iterator="Start"' in request
    bench.clock.forward(3600)
    await bench.run()
    assert (await reader.known()).keys() == numbers


async def test_a_long_answer_that_breaks_off_is_read_again(make_bench):
    """Rows of half an answer are stored as they come; the next session reads all of it anew."""
    reader = Reader(make_bench(take=take))
    bench = reader.bench
    reader.customer("Acme")
    numbers = {("invoice", reader.invoice("Acme", f"I-{n}")) for n in range(90)}
    await reader.ask(kinds={k.INVOICE, k.CUSTOMER})
    ticket, request, session = await bench.until("InvoiceQueryRq")
    body = render_call("receiveResponseXML", (ticket, session.process(request), "", ""))
    assert len(body) > 64 * 1024
    arriving = LongAnswer(bench.service._calls)
    for start in range(0, len(body) // 2, 4096):
        await arriving.feed(body[start : start + 4096])
    assert 0 < len(await reader.known()) < len(numbers)
    bench.restart()
    bench.clock.forward(3600)
    result = await bench.run()
    assert not result.failed
    found = await reader.known()
    assert {key for key in found if key[0] == "invoice"} == numbers
    assert len(found) == len(numbers) + 1
    assert not await reader.open()


async def test_a_dead_iterator_begins_its_query_again(reader):
    """QuickBooks gave the iterator up in mid-session: its query starts anew."""
    reader.customer("Acme")
    numbers = {("invoice", reader.invoice("Acme", f"I-{n}")) for n in range(5)}
    await reader.ask(kinds={k.INVOICE})
    bench = reader.bench
    ticket, request, session = await bench.until("InvoiceQueryRq")
    await bench.give(ticket, session.process(request))
    assert 'iterator="Continue"' in await bench.ask(ticket)
    await bench.give(ticket, REFUSED.format("InvoiceQuery", 3391))
    request = await bench.ask(ticket)
    assert 'iterator="Start"' in request
    while request:
        await bench.give(ticket, session.process(request))
        request = await bench.ask(ticket)
    assert (await reader.known()).keys() == numbers
    assert not await reader.open()


@pytest.mark.parametrize("status", [1000, 3250, 3260, 3120])
async def test_what_quickbooks_refuses_is_told_and_read_later(reader, status):
    """A refused query has a finding; the others go on, and it is asked again from its old mark."""
    reader.customer("Acme")
    number = reader.invoice("Acme", "1")
    await reader.ask()
    bench = reader.bench
    ticket, request, session = await bench.until("InvoiceQueryRq")
    await bench.give(ticket, REFUSED.format("InvoiceQuery", status))
    while request := await bench.ask(ticket):
        await bench.give(ticket, session.process(request))
    assert await bench.findings() == ["unavailable"]
    assert ("invoice", number) not in await reader.known()
    assert not await reader.open()
    bench.clock.forward(3600)
    assert ("invoice", number) in await reader.read()
    assert await bench.findings() == []


async def test_parties_that_are_refused_are_read_with_their_documents_again(reader):
    """Where the customers of documents cannot be read, the documents are read once more."""
    customer = reader.customer("Acme")
    reader.invoice("Acme", "1")
    await reader.ask(kinds={k.CUSTOMER, k.INVOICE})
    bench = reader.bench
    ticket, request, session = await bench.until("CustomerQueryRq")
    await bench.give(ticket, REFUSED.format("CustomerQuery", 3250))
    while request := await bench.ask(ticket):
        await bench.give(ticket, session.process(request))
    assert ("customer", customer) not in await reader.known()
    bench.clock.forward(6 * 3600)
    assert ("customer", customer) in await reader.read(kinds={k.CUSTOMER, k.INVOICE})


async def test_a_query_that_cannot_be_read_at_all_is_given_up_for_now(reader):
    """An HRESULT instead of an answer leaves the query out, with a finding; the rest goes on."""
    reader.customer("Acme")
    invoice = reader.invoice("Acme", "1")
    paid = reader.pay("Acme", invoice, "20.00")
    await reader.ask()
    bench = reader.bench
    ticket, _request, session = await bench.until("InvoiceQueryRq")
    await bench.give(ticket, "", "0x80040400", "QuickBooks found an error when parsing")
    while request := await bench.ask(ticket):
        await bench.give(ticket, session.process(request))
    assert (await reader.known()).keys() == {("payment", paid)}
    assert await bench.findings() == ["unavailable"]


async def test_a_question_that_asks_for_nothing_is_over_at_once(reader):
    """Accounts are no records: the flow's question is done without a query."""
    await reader.read(kinds={k.ACCOUNT})
    assert reader.requests() == []

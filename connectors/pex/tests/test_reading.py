"""Lists that PEX cuts short, repeats or breaks, and pages of many records."""

import datetime as dt
import json

import pytest
from attrs import define, field

from subledger.errors import ConnectorError, TemporaryError
from subledger.model import kinds
from subledger.ports import ExtractRequest
from subledger.runtime import HttpResponse
from subledger.secret import Secret
from subledger_pex.config import PexConfig
from subledger_pex.normalise import normalise
from subledger_pex.source import open_source

DAY = dt.date(2026, 3, 1)
NOW = dt.datetime(2026, 3, 20, 12, tzinfo=dt.UTC)
CARDS = frozenset({kinds.CARD_TRANSACTION})


def row(number, day):
    stamp = f"{day.isoformat()}T09:00:00"
    return {
        "TransactionId": number,
        "AcctId": 1,
        "TransactionTime": stamp,
        "SettlementTime": stamp,
        "TransactionAmount": -1.25,
        "TransactionType": "Network",
    }


@define
class Pex:
    """Answers windows over rows, at most ``most`` of them; ``answers`` counts them."""

    rows: list = field(factory=list)
    most: int = 10_000
    funding: str = "Prepaid"
    invoices: list = field(factory=list)
    payments: list = field(factory=list)
    answers: int = 0

    async def __call__(self, method, url, *, params=(), **_):
        """One answer."""
        body = self._body(url, dict(params))
        return HttpResponse(status=200, headers={}, body=json.dumps(body).encode())

    def _body(self, url, params):
        if url.endswith("Settings"):
            return {"TagsEnabled": False, "FundingSource": self.funding}
        if url.endswith("AccountDetails"):
            return {"BusinessAccountId": 9, "CHAccountList": None}
        if url.endswith("/Invoices"):
            return self.invoices
        if url.endswith("/payments"):
            return self.payments
        self.answers += 1
        if "AllCardholder" not in url:
            return {"TransactionList": []}
        found = [
            entry
            for entry in self.rows
            if params["StartDate"] <= entry["TransactionTime"] <= params["EndDate"]
        ]
        return {"TransactionList": found[: self.most], "Pages": {"TotalItems": len(found)}}


async def pages(context, http, days=14, **settings):
    config = PexConfig(token=Secret("t"), requests_per_second=1000, **settings)
    request = ExtractRequest(
        kinds=frozenset({*CARDS, kinds.TRANSFER}),
        since=DAY,
        until=DAY + dt.timedelta(days=days - 1),
    )
    async with open_source(config, context(http, NOW)[0]) as source:
        return [page async for page in source.extract(request)]


async def test_a_list_that_was_cut_is_read_in_smaller_windows(context):
    """Where PEX tells of more rows than it sent, none of them is lost."""
    rows = [row(n, DAY + dt.timedelta(days=n % 14)) for n in range(140)]
    found = await pages(context, Pex(rows=rows, most=25))
    assert {record.id for page in found for record in page.records} == {str(n) for n in range(140)}


async def test_a_day_that_is_cut_stops_the_run(context):
    """A day that cannot be read whole is not taken for whole."""
    rows = [row(n, DAY) for n in range(30)]
    with pytest.raises(ConnectorError, match=r"25 of 30 .* 2026-03-01"):
        await pages(context, Pex(rows=rows, most=25))


async def test_a_window_of_many_records_comes_in_pages(context):
    """The cursor moves with the last page of a window only."""
    rows = [row(n, DAY) for n in range(1203)]
    found = [page for page in await pages(context, Pex(rows=rows)) if page.records]
    assert [len(page.records) for page in found] == [500, 500, 203]
    assert [page.cursor is not None for page in found] == [False, False, True]
    assert [page.done < page.of for page in found[:2]] == [True, True]


async def test_an_answer_that_stays_the_same_is_not_believed(context):
    """The same rows for two lists are the old answer once more: the run ends, to be repeated."""

    class Stuck(Pex):
        def _body(self, url, params):
            url = url.replace("TransactionDetails", "AllCardholderTransactions")
            return super()._body(url, {"StartDate": "0", "EndDate": "9"})

    http = Stuck(rows=[row(1, DAY)])
    with pytest.raises(TemporaryError):
        await pages(context, http)
    assert http.answers == 3


@pytest.mark.parametrize(
    "broken",
    [
        {"TransactionList": None},
        {"TransactionList": ["?"]},
        {"TransactionList": [{"AcctId": 1}]},
        {},
        [],
    ],
)
async def test_an_answer_of_another_shape_stops_the_run(context, broken):
    """What cannot be understood is never taken for an empty list."""

    class Broken(Pex):
        def _body(self, url, params):
            return broken if "AllCardholder" in url else super()._body(url, params)

    with pytest.raises(ConnectorError):
        await pages(context, Broken())


async def test_a_closed_invoice_without_payments_is_shown(context):
    """Nothing that is owed goes missing silently."""
    invoice = {
        "InvoiceId": 7,
        "InvoiceAmount": 10,
        "Status": "Closed",
        "DueDate": "2026-03-05T00:00:00",
    }
    open_one = {**invoice, "InvoiceId": 8, "Status": 1}
    refund = {**invoice, "InvoiceId": 9, "InvoiceAmount": -3}
    http = Pex(funding="Credit", invoices=[invoice, open_one, refund])
    records = [record for page in await pages(context, http) for record in page.records]
    assert [record.id for record in records] == ["invoice-7"]
    with pytest.raises(ConnectorError, match=r"difference of 10\.00 USD"):
        normalise(records[0])


async def test_payments_come_with_the_window_of_their_day(context):
    """An invoice's payments are ordered among the transactions, not after them."""
    invoice = {"InvoiceId": 7, "InvoiceAmount": 10, "Status": "Closed", "DueDate": None}
    payment = {"PaymentId": 1, "Type": "PEXTransfer", "Amount": 10}
    payment["DatePaid"] = "2026-03-02T00:00:00"
    http = Pex(
        funding="Credit",
        invoices=[invoice],
        payments=[payment],
        rows=[row(1, DAY + dt.timedelta(days=18))],
    )
    found = await pages(context, http, days=19)
    ids = [record.id for page in found for record in page.records]
    assert ids == ["invoice-7-payment-1", "1"]

"""The connector in front of the simulated Syncro over real HTTP."""

import datetime as dt

import aiohttp

from subledger.http import AiohttpHttp
from subledger.manifest import Operation
from subledger.model import Application, Reference, Settlement, kinds
from subledger.money import Money
from subledger.ports import Delivery, Posted
from subledger.secret import Secret
from subledger_syncro.config import SyncroConfig
from subledger_syncro.simulator.server import serving
from subledger_syncro.sink import open_sink
from subledger_syncro.source import open_source


async def test_a_year_is_read_and_a_payment_is_written(world, context, read):
    """Both directions work on a socket as they do without one."""
    account = world(invoices=20)
    expected = read(await account.pages()).entities
    async with serving(account.simulation) as url, aiohttp.ClientSession() as session:
        ours, _, _ = context(AiohttpHttp(session), account.clock)
        config = SyncroConfig(api_token=Secret("demo-token"), base_url=url)
        async with open_source(config, ours) as source:
            pages = [page async for page in source.extract(account.request())]
        assert read(pages).entities == expected

        customer, invoice = account.marks["payer"], account.marks["payment_deleted"]
        payment = Settlement(
            kind=kinds.PAYMENT,
            id="1",
            party=Reference(kind=kinds.CUSTOMER, id=str(customer)),
            date=dt.date(2026, 4, 10),
            amount=Money(4_400),
            applications=(
                Application(
                    document=Reference(kind=kinds.INVOICE, id=str(invoice)), amount=Money(4_400)
                ),
            ),
        )
        delivery = Delivery(
            effect=1,
            kind=kinds.PAYMENT,
            operation=Operation.CREATE,
            key="k" * 26,
            attempt_key="a" * 26,
            marker="sl:payment-1",
            entity=payment,
        )
        config = SyncroConfig(api_token=Secret("demo-token"), base_url=url, payments="from_books")
        async with open_sink(config, ours) as sink:
            (outcome,) = await sink.deliver([delivery])
    assert isinstance(outcome, Posted)
    assert account.truth["invoices"][str(invoice)]["balance"] == 0

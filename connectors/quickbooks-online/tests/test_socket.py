"""The same over a real socket: headers, encodings and files arrive as they were meant."""

import datetime as dt

import aiohttp
import attrs

from subledger.http import AiohttpHttp
from subledger.model import Attachment, Party, Reference, kinds
from subledger.ports import Posted, Query, Question
from subledger_quickbooks_online.simulator.server import serving
from subledger_quickbooks_online.sink import open_sink

PDF = b"%PDF-1.4\r\n--\r\n" + bytes(range(256))


async def test_documents_files_and_changes_over_http(world, make, delivery):
    """A customer, an invoice with a file, and a question for changes with an offset."""
    async with serving(world.simulation) as url, aiohttp.ClientSession() as session:
        runtime = attrs.evolve(world.context.runtime, http=AiohttpHttp(session))
        context = attrs.evolve(world.context, runtime=runtime)
        config = attrs.evolve(world.config, base_url=url, oauth_url=url)
        async with open_sink(config, context) as sink:
            zone = dt.timezone(dt.timedelta(hours=5, minutes=30))
            position = world.simulation.now.astimezone(zone).isoformat()
            party = Party(kind=kinds.CUSTOMER, id="1", name="O'Brien & S\u00f8n + 1%")
            [customer] = await sink.deliver([delivery(party)])
            [invoice] = await sink.deliver([delivery(make.document(memo="caf\u00e9 & co"))])
            assert isinstance(invoice, Posted)
            document = Reference(kind=kinds.INVOICE, id=invoice.id)
            file = Attachment(
                kind=kinds.ATTACHMENT, id="1-0", document=document, name="offer \u00e9.pdf", url=""
            )
            sent = delivery(file, payload=PDF, media_type="application/pdf")
            [attached] = await sink.deliver([sent])
            assert isinstance(attached, Posted)
            assert [stored.data for stored in world.simulation.files.values()] == [PDF]
            question = Question(id=1, query=Query.LISTS, position=position)
            names = {e.name async for entries, _ in sink.read(question) for e in entries}
            assert customer.entry.name in names
            found = await sink.find(delivery(party, attempt_key="Z" * 26))
            assert found.id == customer.id
    assert {entry.status for entry in world.simulation.log} == {200}


async def test_an_expired_token_is_renewed_over_http(world):
    """Consent, renewal and reading work against the addresses of a server."""
    async with serving(world.simulation) as url, aiohttp.ClientSession() as session:
        runtime = attrs.evolve(world.context.runtime, http=AiohttpHttp(session))
        context = attrs.evolve(world.context, runtime=runtime)
        config = attrs.evolve(world.config, base_url=url, oauth_url=url)
        before = world.vault.kept
        world.simulation.clock.advance(dt.timedelta(hours=2))
        async with open_sink(config, context) as sink:
            assert await sink.closing_date() is None
        assert world.vault.kept.access != before.access

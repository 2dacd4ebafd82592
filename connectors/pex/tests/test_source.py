"""What a run asks PEX for, and how the settings change it."""

import datetime as dt

import pytest
from attrs import evolve

from subledger.errors import AuthenticationError, RecordRejected
from subledger.model import Approval, Movement, Status, kinds
from subledger_pex.normalise import normalise


async def movement_of(pex, id_, **settings):
    """The movement of one transaction as a fresh run reads it; None where there is none."""
    found = None
    for page in await pex.pages(pex.request(until=pex.simulation.now.date()), **settings):
        for record in page.records:
            if record.id == str(id_):
                (found,) = normalise(record)
    return found


async def test_check_names_the_business_and_its_programme(world):
    """Somebody who connects the wrong account sees it at once."""
    async with world(transactions=250) as pex, pex.source() as source:
        sentences = await source.check()
        assert "Northwind Care LLC" in sentences[0]
        assert "prepaid" in sentences[0]
        assert len(sentences) == 1


async def test_check_warns_of_a_token_that_expires_soon(world):
    """A token with less than thirty days left is told of before it fails."""
    async with world(transactions=250) as pex:
        pex.simulation.clock.advance(dt.timedelta(days=160))
        pex.clock.now = pex.simulation.now
        async with pex.source() as source:
            assert any("expires on" in sentence for sentence in await source.check())


async def test_a_wrong_token_is_an_authentication_error_with_a_way_out(world):
    """The hint says where a new token comes from; the token itself is nowhere."""
    async with world(transactions=250) as pex:
        pex.simulation.tokens.expire_all()
        async with pex.source() as source:
            with pytest.raises(AuthenticationError) as caught:
                await source.check()
        assert "Authorized Apps" in caught.value.hint
        assert caught.value.detail == "Token expired or does not exist"
        assert "demo-token" not in repr(vars(caught.value))


@pytest.mark.parametrize("style", ["token", "bearer"])
async def test_both_header_forms_work(world, style):
    """API tokens and access tokens are sent in their own form."""
    async with world(transactions=250) as pex, pex.source(header=style) as source:
        await source.check()
        assert {entry.scheme for entry in pex.simulation.requests} == {style}


async def test_a_purchase_keeps_one_identity_from_settlement_to_approval(world):
    """Pending on Thursday, settled, tagged, approved later: one record, posted date and all."""
    async with world(transactions=250) as pex:
        id_ = pex.simulation.business.landmarks["journey"]
        states = []
        for _ in range(9):
            movement = await movement_of(pex, id_)
            if movement is not None:
                states.append((bool(movement.lines[0].tags), movement.approval, movement.date))
            pex.simulation.clock.advance(dt.timedelta(days=1))
            pex.clock.now = pex.simulation.now
        dates = {date for _, _, date in states}
        assert [state[:2] for state in dict.fromkeys(states)] == [
            (False, Approval.NOT_REVIEWED),
            (True, Approval.NOT_REVIEWED),
            (True, Approval.APPROVED),
        ]
        assert dates == {pex.simulation.business.today + dt.timedelta(days=1)}


async def test_pending_transactions_are_read_only_where_they_are_wanted(world):
    """By default nothing pending is read; if wanted it is marked as pending."""
    async with world(transactions=250) as pex:

        async def pending(**settings):
            pages = await pex.pages(**settings)
            return [
                movement
                for page in pages
                for record in page.records
                if record.data.get("Transaction", {}).get("IsPending")
                for movement in normalise(record)
            ]

        assert await pending() == []
        found = await pending(include_pending=True)
        assert found
        assert {movement.status for movement in found} == {Status.PENDING}


async def test_the_transaction_date_can_be_the_posting_date(world):
    """With date = "transaction" the day of the purchase decides."""
    async with world(transactions=250) as pex:
        id_ = pex.simulation.business.landmarks["split_example"]
        by_settlement = await movement_of(pex, id_)
        by_transaction = await movement_of(pex, id_, date="transaction")
        assert by_transaction.date == by_settlement.transaction_date
        assert by_settlement.date > by_transaction.date


async def test_without_tags_the_defaults_are_left_to_the_flow(world):
    """Where PEX says that tags are off, or refuses to list them, records have no tags to miss."""
    async with world(transactions=250) as pex:
        pex.simulation.behaviour = evolve(pex.simulation.behaviour, tags_enabled=False)
        assert await pex.pages()
        assert not any("Configuration/Tags" in path for path in pex.asked())


async def test_the_tag_endpoint_refusing_means_no_tags(world):
    """A business whose settings claim tags that the endpoint denies is read all the same."""
    async with world(transactions=250) as pex:
        settings = {"TagsEnabled": True, "FundingSource": "Prepaid"}
        pex.simulation.behaviour = evolve(pex.simulation.behaviour, tags_enabled=False)
        async with pex.source() as source:
            assert await source._tags(settings) is None
        assert pex.asked() == ["/V4/Business/Configuration/Tags"]


async def test_receipts_are_looked_up_for_settled_purchases_only_if_wanted(world):
    """Loaded receipts become links; malware and files that never arrived do not."""
    async with world(transactions=250) as pex:
        marks = pex.simulation.business.landmarks
        await pex.pages()
        assert not any("Attachments" in path for path in pex.asked())

        since = pex.simulation.business.today - dt.timedelta(days=25)
        pages = await pex.pages(pex.request(since=since), receipts="link")
        found, files = {}, []
        for page in pages:
            for record in page.records:
                try:
                    for entity in normalise(record):
                        if isinstance(entity, Movement):
                            found[entity.id] = entity.receipts
                        else:
                            files.append(entity)
                except RecordRejected:
                    continue
        assert len(found[str(marks["receipt_loaded"])]) == 2
        assert found[str(marks["receipt_loaded"])][0].url.startswith(pex.url)
        loaded = [f for f in files if f.document.record == str(marks["receipt_loaded"])]
        assert len(loaded) == 2
        async with pex.source(receipts="link") as source:
            contents = [await source.file(*file.url.split("/")) for file in loaded]
        assert {file.media_type for file in contents} <= {"image/png", "application/pdf"}
        assert all(file.content for file in contents)
        for name in ("receipt_malware", "receipt_never", "review_no_receipt"):
            assert found[str(marks[name])] == ()


async def test_only_the_lists_that_matter_are_asked_for(world):
    """A flow of deposits only does not read the cards."""
    async with world(transactions=250) as pex:
        await pex.pages(pex.request(kinds=frozenset({kinds.DEPOSIT})))
        assert not any("AllCardholder" in path for path in pex.asked())


async def test_invoices_are_left_alone_where_they_are_switched_off(world):
    """With invoices = false a credit programme's invoices are not read."""
    async with world(transactions=250, funding="credit") as pex:
        await pex.pages(invoices=False)
        assert not any("Invoice" in path for path in pex.asked())


async def test_requests_keep_to_the_rate(world):
    """Requests are spaced evenly at the configured rate."""
    async with world(transactions=250) as pex:
        started = pex.clock.now
        await pex.pages(requests_per_second=2)
        seconds = (pex.clock.now - started).total_seconds()
        assert seconds >= (len(pex.asked()) - 1) / 2

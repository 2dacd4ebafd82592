"""P7: receipts are attached to their documents in QuickBooks Online."""

from random import Random

import pytest
from online_cards import open_card_world
from world import ago

from subledger_pex.simulator.landmarks import bought, plain
from subledger_pex.simulator.model import Attachment
from subledger_pex.simulator.purchases import hex_id

LINK = {"receipts": "link"}
ATTACH = {"receipts": "attach"}
RNG = Random(4)  # noqa: S311 - made-up identifiers


def receipt(loaded=10, kind="Image"):
    """A receipt that is there since so many days ago; a negative number is in the future."""
    return Attachment(id=hex_id(RNG), type=kind, created=ago(12), loaded=ago(loaded))


def fuel(name, cents, *receipts):
    """A purchase with receipts."""
    return bought(name, cents, ago(12), tags=plain("Fuel", "Clinic"), attachments=receipts)


def files(world):
    """The uploaded files by the document that they hang on."""
    rows = world.ledger.company.query("select * from Attachable maxresults 1000")
    found = {}
    for row in rows.get("Attachable", ()):
        for reference in row["AttachableRef"]:
            found.setdefault(reference["EntityRef"]["value"], []).append(row["FileName"])
    return found


async def test_p7_every_receipt_of_a_posted_purchase_is_attached(tmp_path):
    """P7: each receipt hangs on its own document once, the later one too."""
    items = (
        fuel("two", -1811, receipt(), receipt(kind="Pdf")),
        fuel("late", -1812, receipt(loaded=-1)),
        fuel("none", -1813),
    )
    async with open_card_world(tmp_path, *items, cards=LINK, settings=ATTACH) as world:
        await world.sync("cards")
        papers = world.papers()
        assert len(papers) == 3
        amounts = {p.id: world.ledger.change(p, "PEX Card Account") for p in papers.values()}
        by_amount = {str(amounts[id_]): len(names) for id_, names in files(world).items()}
        assert by_amount == {"-18.11": 2}
        world.advance(days=2)
        await world.sync("cards")
        by_amount = {str(amounts[id_]): len(names) for id_, names in files(world).items()}
        assert by_amount == {"-18.11": 2, "-18.12": 1}
        stored = world.ledger.simulation.files.values()
        assert len(stored) == 3
        assert all(one.data for one in stored)
        await world.quiet("cards")
        await world.proof("cards")
        await world.reconcile("cards")


async def test_p7_a_failed_attachment_does_not_fail_its_document(tmp_path):
    """P7: where the upload is refused the document stands, a finding tells, and retry attaches."""
    async with open_card_world(
        tmp_path, fuel("one", -1811, receipt()), cards=LINK, settings=ATTACH
    ) as world:
        world.ledger.simulation.faults.set("error-before=400~POST upload*")
        await world.sync("cards")
        assert len(world.papers()) == 1
        assert files(world) == {}
        world.ledger.simulation.faults.set("")
        for finding in await world.findings():
            assert finding.hint
            await world.retry(finding)
        await world.sync("cards")
        assert [len(names) for names in files(world).values()] == [1]
        await world.proof("cards")


@pytest.mark.parametrize("fault", ["lost-answer", "error-after=504", "dropped"])
async def test_p7_a_lost_upload_is_not_attached_twice(tmp_path, fault):
    """P7: after a lost answer each receipt is there once."""
    async with open_card_world(
        tmp_path, fuel("one", -1811, receipt()), cards=LINK, settings=ATTACH
    ) as world:
        world.ledger.simulation.faults.set(f"{fault}~POST upload*@1")
        for _ in range(3):
            await world.sync("cards")
        assert [len(names) for names in files(world).values()] == [1]
        assert await world.findings() == []
        await world.proof("cards")

"""Receipts become files of the documents that they belong to."""

import attrs
import pytest

from subledger.model import Attachment, Reference, kinds
from subledger.ports import Posted, Refused, Unknown
from subledger_quickbooks_online.attachments import file_name

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4


@pytest.fixture
async def receipt(world, make, delivery):
    """A receipt of a posted card purchase, ready to be delivered."""
    [posted] = await world.sink().deliver([delivery(make.movement())])
    document = Reference(kind=kinds.CARD_TRANSACTION, id=posted.id)
    entity = Attachment(
        kind=kinds.ATTACHMENT,
        id="1-0",
        document=document,
        name="receipt",
        url="https://x.example/1",
    )
    return delivery(entity, payload=PNG, media_type="image/png")


def files(world):
    return world.company.query("select * from Attachable").get("Attachable", [])


async def test_a_file_is_attached_unchanged(world, receipt):
    """The file is at its purchase, byte by byte, under a name that QuickBooks takes."""
    [outcome] = await world.sink().deliver([receipt])
    assert isinstance(outcome, Posted), outcome
    [stored] = files(world)
    assert stored["FileName"] == "receipt.png"
    [owner] = stored["AttachableRef"]
    assert owner["EntityRef"]["value"] == receipt.entity.document.id
    [content] = [file.data for file in world.simulation.files.values()]
    assert content == PNG


async def test_a_lost_upload_is_found_by_its_note(world, receipt):
    """An upload whose answer was lost is not repeated."""
    world.simulation.faults.set("lost-answer~POST upload@1")
    sink = world.sink()
    [outcome] = await sink.deliver([receipt])
    assert isinstance(outcome, Unknown)
    found = await sink.find(receipt)
    assert found.recovered
    assert len(files(world)) == 1


async def test_a_dropped_upload_is_made_by_looking_for_it(world, receipt):
    """An upload that never arrived is made."""
    world.simulation.faults.set("dropped~POST upload@1")
    sink = world.sink()
    [outcome] = await sink.deliver([receipt])
    assert isinstance(outcome, Unknown)
    assert isinstance(await sink.find(receipt), Posted)
    assert len(files(world)) == 1


@pytest.mark.parametrize(("media_type", "content"), [("text/html", b"x"), ("image/png", b"")])
async def test_a_file_that_is_not_taken_is_refused_by_itself(world, receipt, media_type, content):
    """A web page or an empty file is a finding; the document stays."""
    bad = attrs.evolve(receipt, media_type=media_type, payload=content)
    [outcome] = await world.sink().deliver([bad])
    assert isinstance(outcome, Refused)
    assert "document itself is posted" in outcome.finding.hint


async def test_a_file_of_a_document_that_is_gone_is_refused(world, receipt):
    """Where the document was deleted there is nothing to attach to."""
    world.person.delete("Purchase", receipt.entity.document.id)
    [outcome] = await world.sink().deliver([receipt])
    assert isinstance(outcome, Refused)


@pytest.mark.parametrize(
    ("name", "media_type", "expected"),
    [
        ("a.pdf", "", "a.pdf"),
        ("a.JPG", "image/jpeg", "a.JPG"),
        ("scan", "image/jpeg; charset=x", "scan.jpeg"),
        ("", "application/pdf", "receipt.pdf"),
        ("x/y\n.png", "image/png", "x-y .png"),
        ("page.html", "text/html", ""),
    ],
)
def test_names_of_files_end_as_quickbooks_wants(name, media_type, expected):
    """The end of a name follows from the content's type where it is missing."""
    assert file_name(name, media_type) == expected


@pytest.mark.parametrize("name", ["x" * 5000 + ".pdf", "x" * 5000])
def test_a_long_name_of_a_file_is_cut(name):
    """A thousand characters fit, the end of the name among them."""
    fitted = file_name(name, "application/pdf")
    assert fitted.endswith(".pdf")
    assert 900 < len(fitted) <= 1000

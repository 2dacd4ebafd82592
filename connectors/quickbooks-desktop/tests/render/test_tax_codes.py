"""P2: tax codes of the lines of movements, in the editions that have them and in the US one."""

import os
from pathlib import Path

import pytest
from attrs import evolve
from lxml import etree

from subledger.errors import RecordRejected
from subledger.manifest import Operation
from subledger.model import Way
from subledger.model.kinds import TRANSFER
from subledger.model.marker import marker
from subledger.model.stored import load
from subledger.ports import BookEntry, Delivery, Target
from subledger_quickbooks_desktop.preview import preview
from subledger_quickbooks_desktop.render import Style, render, type_of_delivery
from subledger_quickbooks_desktop.wire import qbxml
from subledger_quickbooks_desktop.wire.checks import check_request

GOLDEN = Path(__file__).with_name("golden_taxed")
REWRITE = "SUBLEDGER_WRITE_GOLDEN"
ABROAD = Style(edition="other")
TYPES = {"checking": "Bank", "card": "CreditCard"}
CHECK, CHARGE, CREDIT = (
    load((GOLDEN / f"{name}.json").read_text()) for name in ("check", "charge", "card_credit")
)


def type_of(reference):
    """The type of a list entry, by its identifier."""
    return TYPES.get(reference.id, "")


def delivered(entity, operation=Operation.CREATE):
    """A delivery of a movement, as new or as changed."""
    delivery = Delivery(
        effect=1,
        source="cards",
        kind=entity.kind,
        operation=operation,
        key="0" * 26,
        attempt_key="1" * 22,
        marker=marker(entity.kind, entity.id),
        entity=entity,
    )
    if operation is Operation.CREATE:
        return delivery
    name = type_of_delivery(delivery, type_of, ABROAD)
    return evolve(delivery, target=Target(type=name, id="1C-1", guard="1234:abcd"))


def without_codes(entity):
    """The same movement without tax codes."""
    return evolve(entity, lines=tuple(evolve(line, tax=None) for line in entity.lines))


class Entries:
    """Books that know the types of accounts."""

    @staticmethod
    def get(kind, identifier):
        """The entry with this identifier."""
        return BookEntry(kind=kind, id=identifier, name=identifier, subtype=TYPES[identifier])


@pytest.mark.parametrize("operation", [Operation.CREATE, Operation.UPDATE])
@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.json")), ids=lambda path: path.stem)
def test_a_line_carries_its_code_where_the_edition_has_them(path, operation):
    """The request is the one on file: a code on each line, and amounts that include the tax."""
    request = render(delivered(load(path.read_text()), operation), type_of, ABROAD)
    assert check_request(request, edition="other") == []
    assert {problem.rule for problem in check_request(request)} == {"edition"}
    etree.indent(request)
    text = etree.tostring(request, encoding="unicode") + "\n"
    answer = path.with_suffix(f".{operation}.xml")
    if os.environ.get(REWRITE):
        answer.write_text(text)
    assert text == answer.read_text()


@pytest.mark.parametrize("operation", [Operation.CREATE, Operation.UPDATE])
def test_the_us_edition_refuses_a_code_instead_of_dropping_it(operation):
    """US: the record is refused with the way out; without a code the same record is written."""
    with pytest.raises(RecordRejected) as caught:
        render(delivered(CHECK, operation), type_of, Style())
    assert (caught.value.category, caught.value.field) == ("feature_off", "tax codes of purchases")
    assert "tax_tag" in caught.value.hint
    assert check_request(render(delivered(without_codes(CHECK), operation), type_of, Style())) == []


@pytest.mark.parametrize(
    ("entity", "style", "word"),
    [
        (evolve(CHECK, way=Way.IN, lines=CHARGE.lines, amount=CHARGE.amount), ABROAD, "deposit"),
        (evolve(CHARGE, kind=TRANSFER), ABROAD, "journal entry"),
        (evolve(CHARGE, kind=TRANSFER), evolve(ABROAD, transfers="transfer"), "transfer"),
    ],
)
def test_documents_that_cannot_carry_a_code_are_refused(entity, style, word):
    """Lines of deposits, journal entries and transfers have no code in any edition."""
    with pytest.raises(RecordRejected) as caught:
        render(delivered(entity), type_of, style)
    assert (caught.value.category, caught.value.field) == ("feature_off", f"tax codes of a {word}")
    assert check_request(render(delivered(without_codes(entity)), type_of, style)) == []


def test_the_preview_tells_of_the_code():
    """The edition stands in the company file only: a preview warns, or refuses for all of them."""
    shown = preview(delivered(CHECK), Entries)
    assert [warning.subject for warning in shown.warnings] == ["tax codes of purchases"]
    assert preview(delivered(without_codes(CHECK)), Entries).warnings == ()
    with pytest.raises(RecordRejected, match="deposit"):
        preview(
            delivered(evolve(CHECK, way=Way.IN, lines=CHARGE.lines, amount=CHARGE.amount)), Entries
        )


def test_the_requests_on_file_are_valid():
    """The published qbXML 13.0 schema accepts them."""
    named = os.environ.get("SUBLEDGER_CONTRACTS")
    beside = Path(__file__).resolve().parents[4].parent / "shared" / "contracts"
    folder = Path(named) if named else beside
    if not folder.is_dir():
        pytest.skip("the published schemas are not here (SUBLEDGER_CONTRACTS names their folder)")
    schema = etree.XMLSchema(etree.parse(folder / "qbxml" / "qbxmlops130.xsd"))
    requests = [etree.parse(path).getroot() for path in sorted(GOLDEN.glob("*.xml"))]
    assert len(requests) == 6
    assert schema.validate(etree.fromstring(qbxml.message_set(requests))), schema.error_log

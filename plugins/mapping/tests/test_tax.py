"""P2: which tax code a line gets."""

import pytest

from subledger.model import Reference
from subledger.model.kinds import TAX_CODE
from subledger.ports import Hold

TAGGED = {"Tax": "HST ON"}
GST = Reference(kind=TAX_CODE, name="GST")


def test_no_tax_code_unless_asked_for(step, movement, line, books):
    """A tag that happens to be called Tax means nothing until the setting names it."""
    purchase = movement(line(TAGGED))
    (found,) = step().apply(purchase, books).entity.lines
    assert found.tax is None
    (found,) = step(tax_tag="Tax").apply(purchase, books).entity.lines
    assert found.tax == Reference(kind=TAX_CODE, name="HST ON")


def test_the_default_is_for_lines_without_a_code(step, movement, line, books):
    """A line of the source that has its code keeps it; the others get the default."""
    purchase = movement(line(), line(tax=GST), line(TAGGED))
    found = step(tax_tag="Tax", tax_default="Exempt").apply(purchase, books).entity.lines
    assert [one.tax.name for one in found] == ["Exempt", "GST", "HST ON"]


@pytest.mark.parametrize(
    ("tag", "why"), [("Tax", "it has no tag Tax"), ("", "no tag is read for tax codes")]
)
def test_a_required_code_is_waited_for(step, movement, line, books, tag, why):  # noqa: PLR0917 - fixtures
    """A required tax code never comes from the default; the finding says how to give one."""
    required = step(tax_required=True, tax_default="GST", tax_tag=tag)
    held = required.apply(movement(line()), books)
    assert isinstance(held, Hold)
    assert held.finding.category == "mapping_missing"
    assert held.finding.message == f"a line has no tax code: {why} and no rule matches"
    assert held.finding.subject == "lines without tax code"
    assert "tax_required = false" in held.finding.hint


def test_a_code_that_the_books_do_not_have_is_the_configurations_fault(step, movement, line, books):
    """The default names a code that is gone: the finding names the setting."""
    held = step(tax_default="PST").apply(movement(line()), books)
    assert isinstance(held, Hold)
    assert held.finding.category == "mapping_stale"
    assert held.finding.subject == "setting tax_default = PST"

"""QuickBooks refuses inactive entries without a name; the finding names them."""

import pytest

from subledger.model import Reference, kinds
from subledger.ports import Posted, Refused

OFFICE = Reference(kind=kinds.ACCOUNT, id="15", name="Office Expenses")


async def one(sink, delivery):
    [outcome] = await sink.deliver([delivery])
    return outcome


def queries(world):
    return [body for _, url, _, body in world.http.seen if url.split("?")[0].endswith("/query")]


CASES = {
    "customer": lambda make: make.document(),
    "vendor": lambda make: make.document(kinds.BILL, lines=(make.line("5.00", account=OFFICE),)),
    "payee": lambda make: make.movement(party=make.vendor),
    "account": lambda make: make.movement(lines=(make.line("12.34", account=OFFICE),)),
    "item": lambda make: make.document(),
}
GONE = {
    "customer": ("Customer", "Silva Dental"),
    "vendor": ("Vendor", "Office Depot"),
    "payee": ("Vendor", "Office Depot"),
    "account": ("Account", "Office Expenses"),
    "item": ("Item", "Services"),
}


@pytest.mark.parametrize("case", CASES)
async def test_what_is_inactive_is_named(world, make, delivery, case):
    """610: the finding tells sort and name, as a person knows it; active again, it goes."""
    entity, name = GONE[case]
    member = "DisplayName" if entity in ("Customer", "Vendor") else "Name"
    [found] = world.company.query(f"select * from {entity} where {member} = '{name}'")[entity]
    world.person.inactivate(entity, found["Id"])
    refused = await one(world.sink(), delivery(CASES[case](make)))
    assert isinstance(refused, Refused)
    assert (refused.finding.category, refused.code) == ("mapping_stale", "610")
    assert refused.finding.subject == f"{entity} {name}"
    assert refused.finding.message.startswith(f"Inactive in QuickBooks: {entity} {name}. ")
    world.person.reactivate(entity, found["Id"])
    again = delivery(CASES[case](make), attempt_key="N" * 26)
    assert isinstance(await one(world.sink(), again), Posted)


async def test_each_entry_is_asked_for_once(world, make, delivery):
    """Many documents that name the same entries cost the questions of one."""
    world.person.inactivate("Customer", make.customer.id)
    sink = world.sink()
    asked = []
    for number in range(3):
        before = len(queries(world))
        refused = await one(sink, delivery(make.document(id=str(number))))
        assert refused.finding.subject == "Customer Silva Dental"
        asked.append(len(queries(world)) - before)
    assert asked[1:] == [0, 0]


async def test_where_nobody_can_tell_the_refusal_stands(world, make, delivery):
    """A question that fails changes nothing about the answer."""
    world.person.inactivate("Customer", make.customer.id)
    sink = world.sink()
    await sink.check()
    world.simulation.faults.set("fault-inside-200=4001~POST query")
    refused = await one(sink, delivery(make.document()))
    assert (refused.finding.category, refused.code) == ("mapping_stale", "610")
    assert "Inactive in QuickBooks" not in refused.finding.message

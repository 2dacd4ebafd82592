"""A name that is taken already: whose it is, and how many questions that takes."""

import attrs
import pytest

from subledger.model import Item, Party, Reference, kinds
from subledger.ports import Posted, Refused

BATCH = "N" * 26
SALES = Reference(kind=kinds.ACCOUNT, id="79", name="Sales")


def customer(number, name):
    """A customer."""
    return Party(kind=kinds.CUSTOMER, id=number, name=name)


def placed(delivery, entities, batch=BATCH):
    """Deliveries that leave together."""
    return [
        delivery(entity, effect=place, attempt_key=f"{place:0>26}", batch=batch, place=place)
        for place, entity in enumerate(entities, start=1)
    ]


def looked_up(world):
    """How often somebody asked for a name."""
    return sum(b"Name = '" in body for _method, _url, _headers, body in world.http.seen)


async def test_two_of_one_name_in_one_batch(world, delivery):
    """The second customer of a name is found to be the first one, without a question."""
    sent = placed(delivery, [customer("1", "Acme"), customer("2", "ACME")])
    first, second = await world.sink().deliver(sent)
    assert isinstance(second, Posted)
    assert (second.id, second.recovered) == (first.id, True)
    assert looked_up(world) == 0


async def test_two_of_one_name_in_two_batches(world, delivery):
    """What one batch created is known to the next one; also that it is of another sort."""
    sink = world.sink()
    [acme] = await sink.deliver(placed(delivery, [customer("1", "Acme")]))
    vendor = Party(kind=kinds.VENDOR, id="1", name="Acme")
    later = placed(delivery, [customer("2", "Acme"), vendor], "M" * 26)
    again, other = await sink.deliver(later)
    assert again.id == acme.id
    assert isinstance(other, Refused)
    assert "The name belongs to the customer Acme" in other.finding.hint
    assert looked_up(world) == 0


async def test_two_items_of_one_name(world, delivery):
    """An item that is not below another one is known by its name, too."""
    item = Item(id="1", name="Router", income_account=SALES)
    first, second = await world.sink().deliver(placed(delivery, [item, attrs.evolve(item, id="2")]))
    assert second.id == first.id
    assert looked_up(world) == 0


@pytest.mark.parametrize("again", [False, True])
async def test_a_name_that_somebody_else_took_is_asked_for(world, delivery, again):
    """Control: what this sink did not create, or a former one did, is looked for in the books."""
    if again:
        await world.sink().deliver(placed(delivery, [customer("1", "Acme")], "M" * 26))
        [acme] = world.company.query("select * from Customer where DisplayName = 'Acme'")[
            "Customer"
        ]
    else:
        acme = world.company.create("Customer", {"DisplayName": "Acme"})
    [found] = await world.sink().deliver(placed(delivery, [customer("2", "Acme")]))
    assert (found.id, found.recovered) == (acme["Id"], True)
    assert looked_up(world) == 1


async def test_few_names_are_kept(world, delivery, monkeypatch):
    """The first of many names is forgotten, and then asked for."""
    monkeypatch.setattr("subledger_quickbooks_online.names._KEPT", 2)
    sink = world.sink()
    for number, name in enumerate(("A", "B", "C"), start=1):
        await sink.deliver(placed(delivery, [customer(str(number), name)], f"{number:026}"))
    for number, (name, questions) in enumerate((("C", 0), ("B", 0), ("A", 1)), start=4):
        batch = placed(delivery, [customer(str(number), name)], f"{number:026}")
        [found] = await sink.deliver(batch)
        assert isinstance(found, Posted)
        assert looked_up(world) == questions

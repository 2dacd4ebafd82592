"""python-quickbooks does with every kind what it can: alone, in batches, by changes, with notes."""

import pytest

from .bodies import NAMES, TRANSACTIONS

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.mark.parametrize("name", sorted(NAMES))
def test_names(qb, place, class_of, name):
    """A list object is created, read, found, changed and made inactive."""
    kind = class_of(name)
    made = kind.from_json(NAMES[name](place)).save(qb=qb)
    assert int(made.Id) > 0
    found = kind.get(made.Id, qb=qb)
    label = "Name" if hasattr(found, "Name") else "DisplayName"
    text = getattr(found, label)
    assert kind.filter(qb=qb, **{label: text})[0].Id == made.Id
    assert made.Id in {one.Id for one in kind.all(qb=qb, max_results=1000)}
    setattr(found, label, f"{text} 2")
    changed = found.save(qb=qb)
    assert (getattr(changed, label), changed.SyncToken) == (f"{text} 2", "1")
    changed.Active = False
    gone = changed.save(qb=qb)
    assert gone.Active is False
    assert made.Id not in {one.Id for one in kind.all(qb=qb, max_results=1000)}
    assert kind.where(f"Active = false and Id = '{made.Id}'", qb=qb)[0].Id == made.Id


@pytest.mark.parametrize("name", sorted(TRANSACTIONS))
def test_transactions(qb, place, class_of, name, library):
    """A transaction is created, read, queried, changed and deleted."""
    kind = class_of(name)
    made = kind.from_json(TRANSACTIONS[name](place)).save(qb=qb)
    found = kind.get(made.Id, qb=qb)
    assert found.SyncToken == "0"
    found.PrivateNote = "seen by a person"
    changed = found.save(qb=qb)
    assert (changed.PrivateNote, changed.SyncToken) == ("seen by a person", "1")
    [queried] = kind.where(f"Id = '{made.Id}'", qb=qb)
    assert queried.PrivateNote == "seen by a person"
    assert kind.count(f"Id = '{made.Id}'", qb=qb) == 1
    assert changed.delete(qb=qb)[name]["status"] == "Deleted"
    with pytest.raises(library.exceptions.ObjectNotFoundException):
        kind.get(made.Id, qb=qb)


KINDS = sorted([*TRANSACTIONS, *NAMES])


def body_of(name, place, number):
    """The body of one more object of a kind, under a name of its own."""
    if name in TRANSACTIONS:
        return TRANSACTIONS[name](place)
    body = NAMES[name](place)
    label = "Name" if "Name" in body else "DisplayName"
    return {**body, label: f"{name} of a batch {number}"}


@pytest.mark.parametrize("name", KINDS)
def test_batches_of_each_kind(qb, place, class_of, library, name):
    """Objects of any kind are made and changed in batches; documents are deleted in one too."""
    kind = class_of(name)
    wanted = [kind.from_json(body_of(name, place, number)) for number in (1, 2)]
    made = library.batch.batch_create(wanted, qb=qb)
    assert (len(made.successes), made.faults) == (2, [])
    changed = library.batch.batch_update(made.successes, qb=qb)
    assert [one.SyncToken for one in changed.successes] == ["1", "1"]
    if name in TRANSACTIONS:
        gone = library.batch.batch_delete(changed.successes, qb=qb)
        assert ([one.status for one in gone.successes], gone.faults) == (["Deleted"] * 2, [])


@pytest.mark.parametrize("name", KINDS)
def test_changes_and_notes_of_each_kind(qb, place, library, order, name):
    """What is new, changed or gone comes by change data capture; each kind carries a note."""
    kind = getattr(library.objects, name)
    order("POST", "clock", {"seconds": 60})
    since = order("GET", "state")["now"]
    made = kind.from_json(body_of(name, place, 3)).save(qb=qb)

    def told():
        found = getattr(library.cdc.change_data_capture([kind], since, qb=qb), name)
        return {one.Id: one.to_dict().get("status") for one in found}

    assert told() == {made.Id: None}
    ref = {"EntityRef": {"type": name, "value": made.Id}}
    note = library.objects.Attachable.from_json({"AttachableRef": [ref], "Note": "a note"})
    note.save(qb=qb)
    query = (
        f"AttachableRef.EntityRef.Type = '{name}' and AttachableRef.EntityRef.value = '{made.Id}'"
    )
    assert [one.Note for one in library.objects.Attachable.where(query, qb=qb)] == ["a note"]
    if name in TRANSACTIONS:
        kind.get(made.Id, qb=qb).delete(qb=qb)
        assert told() == {made.Id: "Deleted"}

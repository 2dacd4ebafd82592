"""The manifest: what a connector declares is checked where it is declared."""

import datetime as dt

import pytest

from subledger.manifest import (
    API,
    SUPPORTED_APIS,
    Capability,
    Direction,
    Frequency,
    Initiative,
    Manifest,
    Operation,
    Recovery,
    Role,
)
from subledger.model.kinds import CARD_TRANSACTION, FEE

HOUR = dt.timedelta(hours=1)


def manifest(**changes):
    values = {
        "name": "cards",
        "title": "Cards",
        "direction": Direction.SOURCE,
        "roles": {Role.CARD_PLATFORM},
        "kinds": {CARD_TRANSACTION: {Operation.READ}, FEE: set()},
        "frequency": Frequency(default=HOUR, minimum=HOUR),
    }
    return Manifest(**values | changes)


def test_abilities():
    """A connector can do with a kind what it declares, and nothing else."""
    made = manifest()
    assert made.can(CARD_TRANSACTION, Operation.READ)
    assert not made.can(CARD_TRANSACTION, Operation.DELETE)
    assert not made.can(FEE, Operation.READ)
    assert not made.can("unheard", Operation.READ)
    assert made.able(Operation.READ) == {CARD_TRANSACTION}


def test_careful_defaults():
    """Without a word a connector is called by us, can nothing special and never repeats a write."""
    made = manifest()
    assert made.api == API
    assert API in SUPPORTED_APIS
    assert made.initiative is Initiative.KERNEL
    assert made.recovery is Recovery.NONE
    assert made.capabilities == frozenset()


def test_frozen_collections():
    """What is handed over as sets and lists is kept in a form that nobody can change."""
    kinds = {CARD_TRANSACTION: {Operation.READ}}
    made = manifest(kinds=kinds, capabilities=[Capability.WEBHOOKS], roles=[Role.PSA])
    kinds[CARD_TRANSACTION].add(Operation.VOID)
    kinds[FEE] = {Operation.READ}
    assert made.kinds == {CARD_TRANSACTION: frozenset({Operation.READ})}
    assert made.capabilities == frozenset({Capability.WEBHOOKS})
    assert made.roles == frozenset({Role.PSA})


@pytest.mark.parametrize("name", ["", "Cards", "1cards", "my cards", "cards_x", "cards\n", "-c"])
def test_names(name):
    """A connector's name is lower-case letters, digits and hyphens."""
    with pytest.raises(ValueError, match="is not a name"):
        manifest(name=name)


@pytest.mark.parametrize(
    ("default", "minimum"), [(HOUR, 2 * HOUR), (HOUR, 0 * HOUR), (HOUR, -HOUR)]
)
def test_frequency(default, minimum):
    """A floor is positive and not above the default."""
    with pytest.raises(ValueError, match="minimum"):
        Frequency(default=default, minimum=minimum)

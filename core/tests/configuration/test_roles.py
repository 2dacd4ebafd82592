"""Each role is a contract, and a manifest either keeps it or is told what is missing."""

import datetime as dt

import pytest

from subledger.manifest import Direction, Frequency, Manifest, Operation, Role
from subledger.roles import ROLES, unmet


def manifest(role, direction, kinds):
    minute = dt.timedelta(minutes=1)
    return Manifest(
        name="x",
        title="X",
        direction=direction,
        roles={role},
        kinds=kinds,
        frequency=Frequency(default=minute, minimum=minute),
    )


CASES = [(role, direction) for role, contract in ROLES.items() for direction in contract.duties]


def test_every_role_has_a_contract():
    """No role is a mere word."""
    assert set(ROLES) == set(Role)
    assert all(contract.meaning.endswith(".") for contract in ROLES.values())


@pytest.mark.parametrize(("role", "direction"), CASES)
def test_what_a_role_must(role, direction):
    """Exactly what the role asks for is enough; each operation less is named."""
    duty = ROLES[role].duties[direction]
    act = Operation.READ if direction is Direction.SOURCE else Operation.CREATE
    for group in duty.either or [frozenset()]:
        assert (
            unmet(manifest(role, direction, {**{one: {act} for one in group}, **duty.must})) == []
        )
    enough = {one: {act} for one in duty.either[0]} if duty.either else {}
    for kind, operations in duty.must.items():
        for operation in operations:
            less = {**enough, **duty.must, kind: operations - {operation}}
            assert unmet(manifest(role, direction, less)) == [
                f"a {role} must {operation} {kind}, which the manifest does not declare"
            ]


def test_a_till_is_a_psa():
    """Who sells reads invoices and payments, or what is paid at once; half of one is neither."""
    read = {Operation.READ}
    till = {"customer": read, "sales_receipt": read}
    assert unmet(manifest(Role.PSA, Direction.SOURCE, till)) == []
    half = {"customer": read, "invoice": read}
    assert unmet(manifest(Role.PSA, Direction.SOURCE, half)) == [
        "a psa must read invoice and payment, or sales_receipt: the manifest declares neither"
    ]


def test_direction_of_a_role():
    """A card platform cannot be posted to."""
    found = unmet(manifest(Role.CARD_PLATFORM, Direction.SINK, {"fee": {Operation.CREATE}}))
    assert found == ["a card_platform is a source, not a sink"]

"""The step contract: a sound step keeps it, and each defect breaks the promise it is about."""

import random
import time
from pathlib import Path

import pytest
from attrs import evolve, field, frozen

from subledger.findings import Finding
from subledger.model import Movement
from subledger.model.kinds import FEE
from subledger.ports import Hold, Keep, StepType
from subledger.testing import StepContract


@frozen
class Config:
    """Settings of the steps."""

    limit: int = field(default=5)


@frozen
class Sound:
    """Notes the limit on movements, and holds fees."""

    config: Config

    def apply(self, entity, books):
        """The verdict."""
        assert books is not None
        if entity.kind == FEE:
            return Hold(Finding(category="excluded", subject="fees", message="fees wait"))
        if isinstance(entity, Movement):
            return Keep(evolve(entity, memo=f"limit {self.config.limit}"))
        return Keep(entity)


class Raises(Sound):
    """Knows movements only."""

    def apply(self, entity, books):
        """The verdict."""
        entity.merchant.upper()
        return super().apply(entity, books)


class Chance(Sound):
    """Decides by chance."""

    def apply(self, entity, books):
        """The verdict."""
        verdict = super().apply(entity, books)
        if isinstance(verdict, Hold):
            finding = evolve(verdict.finding, detail=str(random.random()))  # noqa: S311
            return Hold(finding)
        return verdict


class Reads(Sound):
    """Reads a file for every record."""

    def apply(self, entity, books):
        """The verdict."""
        Path("/dev/null").read_text()
        return super().apply(entity, books)


class Sleeps(Sound):
    """Waits a little for every record."""

    def apply(self, entity, books):
        """The verdict."""
        time.sleep(0.0001)
        return super().apply(entity, books)


class Mute(Sound):
    """Holds without a word."""

    def apply(self, entity, books):
        """The verdict."""
        if entity.kind == FEE:
            return Hold(Finding(category="excluded", subject="fees", message=" "))
        return super().apply(entity, books)


class InPlace(Sound):
    """Writes into the record that it was given."""

    def apply(self, entity, books):
        """The verdict."""
        if isinstance(entity, Movement):
            entity.detail["seen"] = "yes"
        return super().apply(entity, books)


class Renames(Sound):
    """Makes other records of customers."""

    def apply(self, entity, books):
        """The verdict."""
        if entity.kind == "customer" and entity.id == "7":
            return Keep(evolve(entity, id="8"))
        return super().apply(entity, books)


class AddsUp(Sound):
    """Adds to what is there."""

    def apply(self, entity, books):
        """The verdict."""
        if entity.kind == "customer":
            return Keep(evolve(entity, notes=f"{entity.notes}!"))
        return super().apply(entity, books)


class Floats(Sound):
    """Puts a float where an exact number belongs."""

    def apply(self, entity, books):
        """The verdict."""
        if entity.kind == "item":
            return Keep(evolve(entity, price=1.5))
        return super().apply(entity, books)


DEFECTS = {
    Raises: "test_every_record_gets_a_verdict",
    Floats: "test_every_record_gets_a_verdict",
    Chance: "test_it_decides_alike",
    Reads: "test_it_does_no_io",
    Sleeps: "test_it_does_no_io",
    Mute: "test_what_waits_says_why",
    InPlace: "test_it_leaves_its_input_alone",
    Renames: "test_it_keeps_the_record",
    AddsUp: "test_twice_is_as_once",
}


def contract(step):
    """The contract on a step."""
    kind = StepType(name="judge", api=2, config=Config, make=step)
    return type("Contract", (StepContract,), {"type": kind, "settings": ({}, {"limit": 7})})


def test_a_sound_step_keeps_every_promise(broken):
    """A step that does everything right passes all of the contract."""
    assert broken(contract(Sound)) == {}


@pytest.mark.parametrize("step", DEFECTS)
def test_a_defect_breaks_one_promise(step, broken):
    """A step with one defect fails the test that is about it; what it raises fails all that ask."""
    found = broken(contract(step))
    assert DEFECTS[step] in found
    assert "To do:" in found[DEFECTS[step]]
    if step is not Raises:
        assert list(found) == [DEFECTS[step]], found


def test_every_promise_has_a_defect():
    """No test of the contract is without a step that breaks it."""
    tests = {name for name in dir(StepContract) if name.startswith("test_")}
    assert tests == set(DEFECTS.values())

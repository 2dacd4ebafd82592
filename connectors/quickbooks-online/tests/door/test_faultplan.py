"""Fault plans as text."""

import pytest

from subledger_quickbooks_online.simulator import FAULTS, Fault, FaultPlanError, parse_plan
from subledger_quickbooks_online.simulator.faults import Faults


def test_a_plan_as_text():
    """Values, patterns and numbers of calls."""
    assert parse_plan("lost-answer@2, slow=0.2~GET *,throttle@5-9;12,error-before~POST b*@/3") == (
        Fault(name="lost-answer", at=((2, 2),)),
        Fault(name="slow", value="0.2", calls="GET *"),
        Fault(name="throttle", at=((5, 9), (12, 12))),
        Fault(name="error-before", calls="POST b*", every=3),
    )
    assert parse_plan("") == ()


def test_every_mistake_is_named_at_once():
    """A wrong plan is refused with all its wrong items."""
    with pytest.raises(FaultPlanError) as told:
        parse_plan("lost-anser@2,slow@x,SLOW,dropped@1")
    text = str(told.value)
    assert "unknown fault 'lost-anser'; known: lost-answer, dropped" in text
    assert "'slow@x': numbers are written 3, 3;5, 3-8 or /4" in text
    assert "'SLOW' is not written as NAME=VALUE~CALLS@NUMBERS" in text
    assert "dropped@1" not in text


def struck(plan, calls):
    faults = Faults()
    faults.set(plan)
    return [bool(faults.incident(text, is_write=text.startswith("POST"))) for text in calls]


def test_only_the_calls_of_the_pattern_are_counted():
    """The second invoice goes wrong, whatever happens in between."""
    calls = ["POST invoice", "GET invoice/1", "POST customer", "POST invoice", "POST invoice"]
    assert struck("lost-answer~POST invoice@2", calls) == [False, False, False, True, False]


def test_writes_are_what_most_faults_count():
    """Without a pattern a lost answer counts writes, and a slow one every call."""
    calls = ["GET query", "POST bill", "GET query", "POST bill"]
    assert struck("lost-answer@2", calls) == [False, False, False, True]
    assert struck("slow@2", calls) == [False, True, False, False]


def test_every_third():
    """A plan can strike each n-th call."""
    assert struck("dropped@/3", ["GET x"] * 7) == [False, False, True, False, False, True, False]


def test_without_numbers_every_call():
    """A fault without numbers strikes every call that fits."""
    assert struck("dropped", ["GET x"] * 3) == [True] * 3
    assert struck("", ["GET x"] * 3) == [False] * 3


def test_every_fault_says_what_it_does():
    """Each name has a pattern and a sentence."""
    assert len(FAULTS) == 13
    assert all(pattern and len(text) > 20 for pattern, text in FAULTS.values())

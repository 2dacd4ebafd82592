"""Switches as text."""

import pytest

from subledger_quickbooks_online.simulator import NO_LIMITS, Switches, parse_switches


def test_switches_as_text():
    """Words, numbers and yes-or-no are read by the sort of each switch."""
    text = "consent=ask, rotate_every=0,webhook_pace=0.5,localised,webhook_shuffled=true"
    assert parse_switches(NO_LIMITS, text) == Switches(
        per_minute=0,
        per_second=0,
        batches_per_minute=0,
        consent="ask",
        rotate_every=0,
        webhook_pace=0.5,
        localised=True,
        webhook_shuffled=True,
    )
    assert parse_switches(Switches(), "") == Switches()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("consents=ask", "unknown switch: consents; known: access_life, "),
        ("consent=maybe", "consent cannot be 'maybe'; expected: always, ask, deny"),
        ("consent", "consent cannot be True"),
        ("grace=long", "grace cannot be 'long'; expected: int"),
        ("grace=0.5", "grace cannot be '0.5'; expected: int"),
        ("localised=maybe", "localised cannot be 'maybe'; expected: bool"),
        ("grace", "grace cannot be True; expected: int"),
    ],
)
def test_wrong_switches_are_named(text, reason):
    """A switch that does not exist or cannot be so is refused with what can be."""
    with pytest.raises(ValueError, match=reason):
        parse_switches(Switches(), text)

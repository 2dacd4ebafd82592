"""A secret refuses to be printed, copied and stored, whatever way it is asked."""

import copy
import json
import pickle
import traceback

import pytest

from subledger.secret import MASK, Secret

CLEAR = "c4nary-clear-text"
SECRET = Secret(CLEAR)

WAYS = {
    "repr": repr,
    "str": str,
    "format": lambda s: f"{s}",
    "wide format": lambda s: f"{s:>40}",
    "old format": lambda s: "%s %r" % (s, s),  # noqa: UP031 - the old way is the point
    "in a list": lambda s: str([s]),
    "in a dict": lambda s: str({"k": s}),
    "dir": lambda s: " ".join(dir(s)),
    "json default": lambda s: json.dumps({"k": s}, default=str),
}


@pytest.mark.parametrize("way", WAYS)
def test_never_printed(way):
    """No way of printing a secret shows its text."""
    assert CLEAR not in WAYS[way](SECRET)


def test_reveal():
    """The clear text comes out where it is asked for by name (control of the tests above)."""
    assert SECRET.reveal() == CLEAR
    assert str(SECRET) == MASK


@pytest.mark.parametrize("action", [pickle.dumps, copy.copy, copy.deepcopy])
def test_never_stored(action):
    """A secret can be neither pickled nor copied, and the refusal does not tell it."""
    with pytest.raises(TypeError, match="cannot be pickled") as error:
        action(SECRET)
    assert CLEAR not in "".join(traceback.format_exception(error.value))


def test_no_dictionary():
    """A secret has no dictionary that a debugger or a serialiser could walk."""
    assert not hasattr(SECRET, "__dict__")


def test_equality():
    """Secrets are equal by their text, hash alike, and differ from plain text."""
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert hash(Secret("a")) == hash(Secret("a"))
    assert Secret(CLEAR) != CLEAR
    assert Secret("ü") == Secret("ü")
    assert not Secret("")
    assert Secret("x")

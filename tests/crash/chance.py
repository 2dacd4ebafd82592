"""Repeatable chance: everything random in a world comes from here."""

from random import Random


def chance(*seed):
    """Random numbers that are the same for the same seed."""
    return Random(":".join(map(str, seed)))  # noqa: S311 - repeatable, nothing secret

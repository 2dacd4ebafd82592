"""Repeatable chance: everything random in a simulated world comes from here."""

from random import Random


def chance(*seed: object) -> Random:
    """Random numbers that are the same for the same seed, on every machine."""
    return Random(":".join(map(str, seed)))  # noqa: S311 - repeatable, nothing secret

"""Collects every mistake with its path, so that all are named at once."""

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import TypeVar

import attrs

from subledger.errors import Problem

T = TypeVar("T")


class Invalid(Exception):  # noqa: N818 - never leaves this package
    """Something of the configuration does not hold; the paths start at what was being read."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems


class LeftOut(Exception):  # noqa: N818 - never leaves this package
    """A connection or flow that cannot be used because a plugin was refused."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


def invalid(message: str, hint: str = "", path: str = "") -> Invalid:
    """One problem as an exception."""
    return Invalid(Problem(path=path, message=message, hint=hint))


def under(path: str, problem: Problem) -> Problem:
    """The problem as seen from further up: its path below ``path``."""
    joint = "" if not path or not problem.path or problem.path.startswith("[") else "."
    return attrs.evolve(problem, path=f"{path}{joint}{problem.path}")


class Report:
    """Gathers problems while reading goes on."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.left_out: list[Problem] = []

    def attempt(self, path: str, action: Callable[[], T]) -> T | None:
        """What ``action`` returns, or None after noting what was wrong below ``path``."""
        try:
            return action()
        except Invalid as error:
            self.problems += [under(path, problem) for problem in error.problems]
        except LeftOut as error:
            self.left_out.append(under(path, error.problem))
        return None

    def raise_if_any(self) -> None:
        """Raises :class:`Invalid` with everything noted so far."""
        if self.problems:
            raise Invalid(*self.problems)


def did_you_mean(name: str, possible: Iterable[str]) -> str:
    """A hint at the nearest of the possible names, else a list of them."""
    names = sorted(possible)
    near = get_close_matches(name, names, n=1)
    if near:
        return f"Did you mean {near[0]!r}?"
    return f"Possible here: {', '.join(names)}." if names else "Nothing is possible here."

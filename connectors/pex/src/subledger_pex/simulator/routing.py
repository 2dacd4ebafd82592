"""A table of routes with case-insensitive paths, and what a handler gets and gives."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from attrs import field, frozen

from .query import Query, RefusedError
from .state import Simulation


@frozen(kw_only=True)
class Call:
    """One request, read and ready to be answered."""

    simulation: Simulation
    parameters: Mapping[str, str]
    query: Query
    body: Any = None
    token: str = ""

    @property
    def now(self) -> datetime:
        """The simulated instant."""
        return self.simulation.now

    @property
    def numeric(self) -> bool:
        """Whether enums travel as numbers."""
        return self.simulation.behaviour.numeric_enums

    def id(self, name: str) -> int:
        """A numeric part of the path."""
        return int(self.parameters[name])

    def fields(self) -> Mapping[str, Any]:
        """The body as a JSON object; refused when it is something else."""
        if not isinstance(self.body, Mapping):
            raise RefusedError(400, "the body must be a JSON object")
        return self.body


@frozen(kw_only=True)
class Reply:
    """An answer; ``is_list`` marks those that the page faults apply to.

    ``then`` is work to await first; what it gives becomes the body.
    """

    body: Any = None
    status: int = 200
    is_list: bool = False
    headers: Mapping[str, str] = field(factory=dict)
    then: Callable[[], Awaitable[Any]] | None = None


Handler: TypeAlias = Callable[[Call], Reply]
Row: TypeAlias = tuple[str, str, Handler]


def _pattern(template: str) -> re.Pattern[str]:
    """``{name}`` stands for digits, ``{name:text}`` for one path segment of any text."""
    text = re.sub(r"\{(\w+):text\}", r"(?P<\1>[^/]+)", template)
    text = re.sub(r"\{(\w+)\}", r"(?P<\1>\\d+)", text)
    return re.compile(f"/{text}/?", re.IGNORECASE)


@frozen
class Routes:
    """Rows of method, path template and handler; the first match wins."""

    rows: tuple[tuple[str, re.Pattern[str], Handler], ...]

    @classmethod
    def of(cls, prefix: str, rows: Iterable[Row]) -> "Routes":
        """Rows under a common first segment."""
        return cls(tuple((method, _pattern(prefix + path), run) for method, path, run in rows))

    def find(self, method: str, path: str) -> tuple[Handler, Mapping[str, str]] | None:
        """The handler and the variable parts of the path; RefusedError 405 for a wrong method."""
        known = False
        for row_method, pattern, run in self.rows:
            if match := pattern.fullmatch(path):
                if row_method == method:
                    return run, match.groupdict()
                known = True
        if known:
            raise RefusedError(405, f"The resource does not support {method}.")
        return None

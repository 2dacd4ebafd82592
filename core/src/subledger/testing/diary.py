"""A log that is kept: what was said, and what failed inside the kernel."""

import traceback
from typing import Any

from attrs import define, field


@define
class Diary:
    """A logger for tests, in place of structlog's.

    ``lines`` are all events as text with their values; ``failures`` those with an exception, which
    in a sound system there are none of.
    """

    lines: list[str] = field(factory=list)
    failures: list[str] = field(factory=list)
    _bound: dict[str, Any] = field(factory=dict)

    def bind(self, **values: Any) -> "Diary":
        """The same diary, for lines that carry these values too."""
        return Diary(self.lines, self.failures, {**self._bound, **values})

    def info(self, event: str, *args: Any, **values: Any) -> None:
        """Keeps an event."""
        told = {**self._bound, **values}
        self.lines.append(
            " ".join([event, *map(str, args), *(f"{k}={v}" for k, v in told.items())])
        )

    debug = warning = error = critical = info

    def exception(self, event: str, *args: Any, **values: Any) -> None:
        """Keeps an event with the exception that is being handled."""
        self.info(event, *args, **values)
        self.failures.append(f"{self.lines[-1]}\n{traceback.format_exc(limit=-4)}")

"""Keeps what plugins print away from our own output, and without secrets."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, TextIO

from subledger.guarding.owner import Owner, culprit
from subledger.observe import redact

_LOGGERS: Final = frozenset({"structlog", "logging"})


class Attributed:
    """A stream that passes on what we write; a plugin's text goes to ``aside``, under its name.

    What the modules of ``loggers`` write is passed on whoever logs: it is without secrets.
    """

    def __init__(self, stream: TextIO, aside: TextIO, loggers: frozenset[str]) -> None:
        self._stream = stream
        self._aside = aside
        self._loggers = loggers
        self._line: dict[Owner, str] = {}

    def write(self, text: str) -> int:
        """Writes a text; a plugin's line by line, since a secret may come in pieces."""
        caller = sys._getframe(1)  # noqa: SLF001 - the way to know who calls
        logger = str(caller.f_globals.get("__name__", "")).partition(".")[0]
        owner = None if logger in self._loggers else culprit(caller)
        if owner is None:
            return self._stream.write(text)
        *lines, rest = (self._line.pop(owner, "") + text).split("\n")
        if rest:
            self._line[owner] = rest
        for line in lines:
            self._aside.write(f"{owner} printed: {redact.text(line)}\n")
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Writes some texts."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def attributed() -> Iterator[None]:
    """Tells what plugins print to standard output and error from what we write."""
    out, err = sys.stdout, sys.stderr
    ours: Any = (Attributed(out, err, frozenset()), Attributed(err, err, _LOGGERS))
    sys.stdout, sys.stderr = ours
    try:
        yield
    finally:
        sys.stdout, sys.stderr = out, err

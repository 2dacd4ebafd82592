"""Exit codes: what a script can rely on."""

import enum


class Exit(enum.IntEnum):
    """How a command ended."""

    OK = 0
    """Everything that was asked for was done."""
    FAILED = 1
    """It was done and there is something to look at (findings), or it failed."""
    USAGE = 2
    """The command line was not understood: an unknown option, a word missing; nothing was done."""
    CONFIG = 3
    """The configuration, a plugin, or what an argument names (a flow, a file) cannot be used.

    Nothing was done.
    """
    PARTIAL = 4
    """Some of it was done, and some was not."""
    REMOTE = 5
    """The outside system did not answer, or does not accept the credentials."""
    INTERRUPTED = 130
    """A person pressed Ctrl-C; what was done so far is kept."""

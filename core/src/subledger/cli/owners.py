"""Names of processes as owners of leases, and which of them have certainly ended."""

import os
import re
import secrets
import socket
from pathlib import Path
from typing import Final

_RUN: Final = secrets.token_hex(4)
"""Tells this process from one that had its number before."""
_NAME: Final = re.compile(r"([^:]+):(\d{1,9}):([0-9a-f]{8})", re.ASCII)
_PIDS: Final = Path("/proc/self/ns/pid")
_OUTERMOST: Final = 0xEFFFFFFC
"""The process numbers of the machine itself on Linux (PROC_PID_INIT_INO), not of a container."""


def this_process() -> str:
    """The name of this process: machine, process number, and what tells it from its forerunner."""
    return f"{_machine()}:{os.getpid()}:{_RUN}"


def has_ended(owner: str) -> bool:
    """Whether the process of that name ran on this machine and certainly runs no more.

    False where it cannot be known: another machine or container, or a number that is in use again.
    """
    named = _NAME.fullmatch(owner)
    if named is None or named[1] != _machine():
        return False
    number = int(named[2])
    return named[3] != _RUN if number == os.getpid() else not _exists(number)


def _machine() -> str:
    """The host; within a container also its space of process numbers, which others do not see."""
    host = socket.gethostname().replace(":", "-")
    try:
        space = _PIDS.stat().st_ino
    except OSError:
        return host
    return host if space == _OUTERMOST else f"{host}/{space}"


def _exists(number: int) -> bool:
    if os.name != "posix":  # there, signal 0 is not a mere question
        return True
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True

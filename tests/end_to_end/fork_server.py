"""A program that has imported the command line once, and forks: each command is its own process.

To import takes a command a second of processor time, which says nothing new after the first one;
what a command does after that, and how it ends or is killed, is the same in a forked process.
"""

import atexit
import contextlib
import gc
import importlib
import json
import os
import secrets
import select
import signal
import socket
import sys
import threading
import time
import traceback
from importlib.metadata import entry_points
from typing import Any, NoReturn

from subledger.cli import owners
from subledger.cli.commands import COMMANDS
from subledger.cli.main import main

LATER = (
    *("subledger.cli.app", "subledger.guarding.printing", "subledger.server.run"),
    *("subledger.config.company", "rich.table", "sqlalchemy.dialects.sqlite"),
    *("aiohttp.web", "concurrent.futures.thread", "encodings.idna"),
    *("subledger_pex.source", "subledger_pex.simulator.command"),
    *("subledger_syncro.source", "subledger_syncro.sink", "subledger_syncro.simulator.command"),
    *("subledger_quickbooks_online.sink", "subledger_quickbooks_online.simulator.command"),
    *("subledger_quickbooks_desktop.service", "subledger_quickbooks_desktop.simulator.command"),
)
"""Modules that a command imports only when it needs them."""


def prepare() -> None:
    """Imports what commands need."""
    targets = [command.target.partition(":")[0] for command in COMMANDS.values()]
    for name in (*targets, *LATER):
        importlib.import_module(name)
    for entry in entry_points(group="subledger"):
        entry.load()
    gc.collect()
    gc.freeze()


def serve(door: socket.socket) -> dict[str, Any] | None:
    """Forks for each order; gives the order in the new process, None when nobody orders any more.

    An order is a line of JSON with three descriptors: standard output, standard error, and where
    the number and later the exit status of the process are written.
    """
    bell, wakeup = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakeup, warn_on_full_buffer=False)
    running: dict[int, int] = {}
    sources: list[Any] = [door, bell]
    while True:
        ready = select.select(sources, [], [])[0]
        if bell in ready:
            os.read(bell, 4096)
            _report(running)
        if door not in ready:
            continue
        text, descriptors, *_rest = socket.recv_fds(door, 1 << 16, 3)
        if not text:
            for pid in running:
                os.kill(pid, signal.SIGKILL)
            return None
        while not text.endswith(b"\n"):
            text += door.recv(1 << 16)
        *pipes, status = descriptors
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for descriptor in (bell, wakeup, status, door.detach(), *running.values()):
                os.close(descriptor)
            _become(pipes)
            order: dict[str, Any] = json.loads(text)
            return order
        for descriptor in pipes:
            os.close(descriptor)
        os.write(status, b"%d\n" % pid)
        running[pid] = status


def _report(running: dict[int, int]) -> None:
    """Tells those who wait for a process that has ended how it did."""
    while running:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        with contextlib.suppress(BrokenPipeError):
            os.write(running[pid], b"%d\n" % os.waitstatus_to_exitcode(status))
        os.close(running.pop(pid))


def _become(pipes: list[int]) -> None:
    """Takes the descriptors as this process's own."""
    for number, pipe in enumerate(pipes, start=1):
        os.dup2(pipe, number)
        os.close(pipe)


def run(order: dict[str, Any]) -> int:
    """Runs the command as a process that was started for it would."""
    os.environ.clear()
    os.environ.update(order["environment"])
    time.tzset()
    os.chdir(order["folder"])
    sys.argv = ["subledger", *order["words"]]
    owners._RUN = secrets.token_hex(4)  # each process has its own
    try:
        return main()
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 1
    except BaseException:  # noqa: BLE001 - shown as the interpreter would
        traceback.print_exc()
        return 1


def _end(code: int) -> NoReturn:
    """Ends as the interpreter does, but for taking each imported module apart."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    prepare()
    accepted = serve(socket.socket(fileno=int(sys.argv[1])))
    if accepted is not None:
        _end(run(accepted))

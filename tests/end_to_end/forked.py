"""Starts commands of the command line as processes that are forked from one that has imported it.

They are processes like any other: with their own number, folder, environment and end, and they
can be killed. That the command line starts without help is shown where it is started by itself.
"""

import atexit
import contextlib
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import BinaryIO

from attrs import define, field

_PROGRAM = Path(__file__).with_name("fork_server.py")
_PIECE = 1 << 16


@define
class Process:
    """A process that was started: its number, and what it prints."""

    pid: int
    stdout: BinaryIO
    stderr: BinaryIO
    _status: BinaryIO
    returncode: int | None = None

    def wait(self, timeout: float | None = None) -> int:
        """The exit status, once it has ended; negative after a signal."""
        if self.returncode is None:
            with selectors.DefaultSelector() as ends:
                ends.register(self._status, selectors.EVENT_READ)
                if not ends.select(timeout):
                    raise TimeoutError(f"{self.pid} still runs")
            self.returncode = int(self._status.readline())
            self._status.close()
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """What it printed on standard output and on standard error, once it has ended."""
        printed = {self.stdout: b"", self.stderr: b""}
        with selectors.DefaultSelector() as readable:
            for stream in printed:
                if not stream.closed:
                    readable.register(stream, selectors.EVENT_READ, stream)
            while readable.get_map():
                ready = readable.select(timeout)
                if not ready:
                    raise TimeoutError(f"{self.pid} prints nothing and does not end")
                for key, _events in ready:
                    more = os.read(key.fd, _PIECE)
                    printed[key.data] += more
                    if not more:
                        readable.unregister(key.data)
                        key.data.close()
        self.wait(timeout)
        return printed[self.stdout].decode(), printed[self.stderr].decode()

    def kill(self) -> None:
        """Ends it as a power cut does."""
        self._signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Asks it to end."""
        self._signal(signal.SIGTERM)

    def close(self) -> None:
        """Looks no more at what it prints."""
        self.stdout.close()
        self.stderr.close()

    def _signal(self, number: int) -> None:
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):  # it has just ended
                os.kill(self.pid, number)


@define
class _ForkServer:
    """The process that forks, one for each process of tests."""

    door: socket.socket
    process: "subprocess.Popen[bytes]"
    _lock: threading.Lock = field(factory=threading.Lock)

    def order(self, text: bytes, descriptors: list[int]) -> None:
        """Sends an order; the descriptors are the new process's from now on."""
        with self._lock:
            sent = socket.send_fds(self.door, [text], descriptors)
            self.door.sendall(text[sent:])
        for descriptor in descriptors:
            os.close(descriptor)

    def close(self) -> None:
        """Ends it and what it started."""
        self.door.close()
        self.process.wait()


@cache
def _server() -> _ForkServer:
    ours, theirs = socket.socketpair()
    with theirs:
        number = theirs.fileno()
        process = subprocess.Popen([sys.executable, _PROGRAM, str(number)], pass_fds=[number])
    made = _ForkServer(ours, process)
    atexit.register(made.close)
    return made


def start(
    *words: str,
    environment: Mapping[str, str],
    folder: Path | None = None,
    out: bool = True,
    log: bool = True,
) -> Process:
    """Starts a command in a folder; ``out`` and ``log`` tell which of its two streams are kept."""
    order = {
        "words": words,
        "environment": {**os.environ, **environment},
        "folder": str(folder or Path.cwd()),
    }
    pipes = [_pipe(out), _pipe(log), _pipe()]
    _server().order(json.dumps(order).encode() + b"\n", [end for _stream, end in pipes])
    (stdout, _), (stderr, _), (status, _) = pipes
    return Process(int(status.readline()), stdout, stderr, status)


def _pipe(kept: bool = True) -> tuple[BinaryIO, int]:
    """A stream and the descriptor that writes to it, or to nowhere where it is not kept."""
    reading, writing = os.pipe()
    if not kept:
        os.close(writing)
        writing = os.open(os.devnull, os.O_WRONLY)
    return os.fdopen(reading, "rb", buffering=0), writing

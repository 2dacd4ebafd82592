"""The tutorial, typed as it stands on its page, with real processes."""

import re
import shlex
import socket
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "end_to_end")]

import forked  # noqa: E402 - found through the path above
import pages  # noqa: E402 - as above

TUTORIAL = pages.DOCS / "tutorial" / "index.md"
PATIENCE = 120.0


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


class Reader:
    """Somebody who types the page's commands, on other ports."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        text = TUTORIAL.read_text(encoding="utf-8")
        self.ports = {"8701": str(free_port()), "8080": str(free_port())}
        for given, free in self.ports.items():
            text = text.replace(given, free)
        blocks = re.findall(r"^```console[^\n]*\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
        joined = "".join(blocks).replace("\\\n", " ")
        self.commands = [line[2:] for line in joined.splitlines() if line.startswith("$ ")]
        toml = next(pages.blocks("toml", text, TUTORIAL)).text
        toml += f"\n[server]\nport = {self.ports['8080']}\n"
        (folder / "subledger.toml").write_text(toml, encoding="utf-8")
        exports = [c for c in self.commands if c.startswith("export ")]
        self.variables = dict(c.removeprefix("export ").split("=") for c in exports)
        self.running: list[forked.Process] = []

    def start(self, beginning: str) -> forked.Process:
        """Starts the first command that begins so."""
        line = next(c for c in self.commands if c.startswith(f"subledger {beginning}"))
        words = shlex.split(line)[1:]
        process = forked.start(*words, environment=self.variables, folder=self.folder, log=False)
        self.running.append(process)
        return process

    def types(self, beginning: str) -> str:
        """What the command prints, once it is done."""
        return self.start(beginning).communicate(timeout=PATIENCE)[0]

    def waits_until(self, happened: Callable[[], bool]) -> None:
        """Goes on once something has happened."""
        ends = time.monotonic() + PATIENCE
        while not happened():
            assert time.monotonic() < ends, "it did not happen"
            time.sleep(0.02)

    def listens(self, port: str) -> bool:
        """Whether somebody does, at a port of the page."""
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", int(self.ports[port]))) == 0

    def questions(self) -> int:
        """How often the books were asked for something."""
        with closing(sqlite3.connect(self.folder / "subledger.db", timeout=PATIENCE)) as books:
            count: int = books.execute("SELECT count(*) FROM question").fetchone()[0]
            return count

    def history(self) -> list[str]:
        """What the audit trail says was done."""
        with closing(sqlite3.connect(self.folder / "subledger.db")) as books:
            return [row[0] for row in books.execute("SELECT action FROM history")]

    def leaves(self) -> None:
        """Stops what still runs."""
        for process in self.running:
            process.terminate()
            process.communicate(timeout=PATIENCE)


@pytest.fixture
def reader(tmp_path):
    one = Reader(tmp_path)
    yield one
    one.leaves()


def test_the_tutorial_does_what_it_says(reader):
    """Whoever types the tutorial ends with books that agree, a lost answer notwithstanding."""
    reader.start("simulate pex")
    reader.waits_until(lambda: reader.listens("8701"))
    assert "The configuration is sound" in reader.types("check")
    assert "waiting" in reader.types("sync")
    reader.start("serve")
    reader.waits_until(lambda: reader.listens("8080"))
    reader.types("simulate quickbooks-desktop")
    planned = re.search(r"(\d+) documents would go", reader.types("plan"))
    assert planned is not None
    assert int(planned[1]) > 100
    assert "may go to the books" in reader.types("approve")
    posting = reader.types("simulate quickbooks-desktop --company northwind.qbdb --fault")
    assert "PEX Card Account" in posting
    assert "the Web Connector dies here (lost-answer)" in posting
    assert reader.history().count("recovered") == 1
    status = reader.types("status")
    rows = {line.split()[0]: line.split()[-1] for line in status.splitlines() if line.split()}
    assert rows["difference"] == "0.00"
    assert rows["waiting"] == "0.00"
    assert rows["unknown"] == "0.00"
    assert rows["posted"] != "0.00"
    asked = reader.questions()
    reconciling = reader.start("reconcile")
    reader.waits_until(lambda: reader.questions() > asked)
    reader.types("simulate quickbooks-desktop")
    answer = reconciling.communicate(timeout=PATIENCE)[0]
    assert ": agrees" in answer
    assert "which PEX no longer defines" in " ".join(reader.types("findings").split())

"""The tutorial for authors, typed as it stands on its page, in a clean environment."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import ROOT

pytestmark = pytest.mark.timeout(600)  # real processes, on a machine that may be busy
PAGE = ROOT / "docs" / "authors" / "tutorial.md"
BLOCK = re.compile(r"^```(console|diff)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TYPED = {
    "subledger": '"{python}" -m subledger.cli "$@"',
    "pytest": '"{python}" -m pytest -p no:cacheprovider "$@"',
    # what it would fetch more is for style; what the tests need is there
    "pip": '"{workspace}" -m pip --python "{python}" "$@" -q --no-deps',
}


def edit(folder: Path, text: str) -> None:
    """Changes a file as a reader does who is shown a difference; each old line must be there."""
    old, new, *lines = text.splitlines()
    path = folder / new.removeprefix("+++ ")
    added = [line[1:] for line in lines if line.startswith("+")]
    if old == "--- /dev/null":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(added) + "\n")
        return
    found = path.read_text().splitlines()
    at = -1
    for line in lines:
        if line.startswith("+"):
            at += 1
            found.insert(at, line[1:])
            continue
        known = [n for n, there in enumerate(found) if n > at and there == line[1:]]
        assert known, f"{path.name} has no line {line[1:]!r}"
        at = known[0]
        if line.startswith("-"):
            del found[at]
            at -= 1
    path.write_text("\n".join(found) + "\n")


class Reader:
    """Somebody who types the page."""

    def __init__(self, python: Path, folder: Path) -> None:
        self.folder = folder
        commands = folder / "commands"
        commands.mkdir()
        for name, script in TYPED.items():
            line = script.format(python=python, workspace=sys.executable)
            (commands / name).write_text(f"#!/bin/sh\nexec {line}\n")
            (commands / name).chmod(0o755)
        path = os.pathsep.join([str(commands), "/usr/bin", "/bin"])
        # the proof of exactly once plays its many histories elsewhere
        self.env = {"PATH": path, "PYTHONUTF8": "1", "SUBLEDGER_WORLDS": "4"}
        self.said: list[tuple[str, str]] = []

    def types(self, command: str) -> None:
        """One command."""
        if command.startswith("cd "):
            self.folder /= command.removeprefix("cd ")
            return
        done = subprocess.run(
            shlex.split(command),
            cwd=self.folder,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        self.said.append((command, done.stdout))

    def follows(self, page: str, *, passed_over: int) -> None:
        """Everything on the page in its order, without the first of the commands that repeat."""
        left = passed_over
        for info, text in BLOCK.findall(page):
            if info == "diff":
                edit(self.folder, text)
                continue
            for line in text.splitlines():
                if line.removeprefix("$ ") in ("pytest -q", "subledger demo --scenario demo.toml"):
                    left -= 1
                    if left >= 0:
                        continue
                self.types(line.removeprefix("$ "))

    def shown(self, command: str) -> list[str]:
        """What a command printed, each time that it was typed."""
        return [text for typed, text in self.said if typed == command]


def test_the_tutorial_does_what_it_says(environment, tmp_path):
    """Whoever types the tutorial has a connector of their own, tested, and its money in books."""
    books = ("subledger-quickbooks-desktop", "subledger-quickbooks-online")
    steps = ("subledger-mapping", "subledger-approvals")
    reader = Reader(environment("subledger[testing]", *books, *steps), tmp_path)
    # the first look at what was generated is the business of the generator's own tests
    reader.follows(PAGE.read_text(), passed_over=2)
    before, after = map(json.loads, reader.shown("cat tests/golden/reward.expected.json"))
    assert before["rejected"]["category"] == "unreadable"
    (entity,) = after["entities"]
    assert (entity["kind"], entity["way"], entity["amount"]) == ("deposit", "in", "125 USD")
    (tests,) = reader.shown("pytest -q --accept")
    assert re.search(r"\b\d{2,} passed", tests)
    assert "failed" not in tests
    for scenario in ("demo.toml", "demo-online.toml"):
        (demo,) = reader.shown(f"subledger demo --scenario {scenario}")
        assert "Every cent is accounted for" in demo
        assert re.search(r"Card Rebates +-2.50", demo)
        assert re.search(r"rejected +0 ", demo)


def test_a_page_that_does_not_fit_is_noticed(tmp_path):
    """Control: a difference whose old lines are not in the file is not made."""
    (tmp_path / "a.py").write_text("one\ntwo\nthree\n")
    edit(tmp_path, "--- a.py\n+++ a.py\n one\n-two\n+2\n three")
    assert (tmp_path / "a.py").read_text() == "one\n2\nthree\n"
    with pytest.raises(AssertionError, match="no line 'four'"):
        edit(tmp_path, "--- a.py\n+++ a.py\n-four\n+4")

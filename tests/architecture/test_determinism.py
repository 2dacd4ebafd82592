"""Time, chance and the network come in as arguments, so that everything can be simulated."""

import ast
import random

import pytest

from .sources import from_text, library

_CHANCE = {f"random.{name}" for name in dir(random) if name[0].islower() or name == "SystemRandom"}
BANNED = _CHANCE | {
    *("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today"),
    *("datetime.date.today", "time.time", "time.time_ns", "uuid.uuid1", "uuid.uuid4"),
    *("aiohttp.ClientSession", "aiohttp.request", "os.urandom"),
    *("secrets.token_hex", "secrets.token_bytes", "secrets.token_urlsafe", "secrets.choice"),
}
_DESKTOP = "connectors/quickbooks-desktop/src/subledger_quickbooks_desktop"
_ONLINE = "connectors/quickbooks-online/src/subledger_quickbooks_online"
_SYNCRO = "connectors/syncro/src/subledger_syncro"
_PEX = "connectors/pex/src/subledger_pex"
ALLOWED = {
    "core/src/subledger/realworld.py": "real_runtime() is where the real world comes in",
    "core/src/subledger/cli/demo.py": "a command runs in the real world",
    "core/src/subledger/cli/owners.py": "a process is told from its forerunner by chance",
    "core/src/subledger/observe/logging.py": "the default of an argument: log lines are not data",
    f"{_DESKTOP}/identity.py": "a password must not follow from a seed",
    f"{_DESKTOP}/simulator/command.py": "a command runs in the real world",
    f"{_PEX}/simulator/command.py": "a command runs in the real world",
    f"{_PEX}/simulator/webhook.py": "the simulator really calls back",
    f"{_ONLINE}/simulator/command.py": "a command runs in the real world",
    f"{_ONLINE}/simulator/app.py": "the simulator really calls back",
    f"{_SYNCRO}/simulator/command.py": "a command runs in the real world",
    f"{_SYNCRO}/simulator/webhook.py": "the simulator really calls back",
    "core/src/subledger/vault/keys.py": "a key must not follow from a seed",
    "core/src/subledger/vault/sealing.py": "the default of an argument: a nonce is never data",
}


def imported(nodes):
    """What each imported name stands for."""
    names = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                names[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def types(nodes):
    """The nodes that only say a type."""
    for node in nodes:
        for part in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            if part is not None:
                yield from map(id, ast.walk(part))


def asks(module):
    """The banned names that a module reaches, whatever it calls them; types do not count."""
    nodes = list(ast.walk(module.tree))
    names, only_types = imported(nodes), set(types(nodes))
    found = set()
    for node in nodes:
        if isinstance(node, ast.Attribute | ast.Name) and id(node) not in only_types:
            first, dot, rest = _dotted(node).partition(".")
            full = f"{names[first]}{dot}{rest}" if first in names else ""
            if full in BANNED:
                found.add((full, node.lineno))
    return sorted(found)


def _dotted(node):
    """``a.b.c`` of a chain of names; empty for another expression."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


@pytest.fixture(scope="module")
def asking():
    """What each module of the library asks the world, where it asks anything."""
    found = {m.place: asks(m) for m in library()}
    return {place: names for place, names in found.items() if names}


def test_nothing_asks_the_world(asking):
    """Library code asks neither clock nor chance nor network, but for a few places."""
    assert {place: names for place, names in asking.items() if place not in ALLOWED} == {}


def test_no_idle_exception(asking):
    """Each exception is still needed."""
    assert set(ALLOWED) <= set(asking)


@pytest.mark.parametrize(
    "text",
    [
        "import datetime as dt\nx = dt.datetime.now(dt.UTC)",
        "from datetime import datetime\nx = datetime.now()",
        "import datetime\nx = datetime.date.today()",
        "import time\nx = time.time()",
        "from time import time as t\nx = t()",
        "import random\nx = random.choice([1])",
        "def f():\n    import random\n    return random.SystemRandom()",
        "from uuid import uuid4\nx = uuid4()",
        "import uuid as u\nx = u.uuid4()",
        "import aiohttp\nasync def f():\n    async with aiohttp.ClientSession() as s: ...",
        "import os\nx = os.urandom(4)",
    ],
)
def test_asking_is_seen(text):
    """Control: each way of asking the world is found out, whatever it is called."""
    assert asks(from_text(text))


@pytest.mark.parametrize(
    "text",
    [
        "import random\ndef f(chance: random.Random): return chance.random()",
        "import aiohttp\ndef f(session: aiohttp.ClientSession): return session",
        "def f(clock): return clock.now()",
        "import random\nx = random.Random(7)",
    ],
)
def test_arguments_are_fine(text):
    """Control: what comes in as an argument is not taken for asking the world."""
    assert asks(from_text(text)) == []

"""Makes the helpers of this folder importable, and gives a world to every test that asks."""

import logging
import socket
import sys
from pathlib import Path

import pytest
import structlog

sys.path.insert(0, str(Path(__file__).resolve().parent))

from world import open_world


@pytest.fixture(autouse=True)
def _quiet():
    """The server's log is not looked at, unless a test does so itself."""
    level = structlog.make_filtering_bound_logger(logging.CRITICAL)
    structlog.configure(wrapper_class=level)
    yield
    structlog.reset_defaults()


@pytest.fixture
def make(tmp_path):
    """A function that opens a world in this test's folder."""

    def opened(*items, **tables):
        return open_world(tmp_path, *items, **tables)

    return opened


@pytest.fixture
def unused_port():
    """A port of this machine that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]

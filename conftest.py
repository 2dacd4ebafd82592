"""What every test of the workspace gets: logging as it was, and the longest tests first."""

import gc
import itertools
import logging
import os
from collections.abc import Iterator

import pytest
import structlog

_LONG = (
    *("test_year.py", "test_kill.py", "test_demo.py", "test_online_pages.py", "test_tutorial.py"),
    *("test_kill_online.py", "tests/third_party", "tests/crash"),
)
"""Paths of tests that take long: begun last, they would keep one processor busy and others idle."""
_finished = itertools.count(1)


def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are processors: many tests wait for the processes they start."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts long tests first; apart from that the order stays."""
    items.sort(key=_rank)


def pytest_collection_finish() -> None:
    """What was collected stays; to look through it again and again took a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """Databases in memory die with the garbage that holds them, and it is small to the collector.

    Where nobody looked for it, a process had grown to a gigabyte at the end of a run.
    """
    if next(_finished) % 100 == 0:
        gc.collect()
        gc.freeze()


def _rank(item: pytest.Item) -> int:
    path = item.path.as_posix()
    return next((rank for rank, part in enumerate(_LONG) if part in path), len(_LONG))


@pytest.fixture(autouse=True)
def _logging_stays() -> Iterator[None]:
    """No test's logging is seen by another one: a level of DEBUG would make SQLAlchemy log rows."""
    root = logging.getLogger()
    handlers, levels = root.handlers[:], _levels()
    yield
    root.handlers[:] = handlers
    for name, level in _levels().items():
        if level != levels.get(name, logging.NOTSET):
            logging.getLogger(name).setLevel(levels.get(name, logging.NOTSET))
    structlog.reset_defaults()


def _levels() -> dict[str, int]:
    """The level of each logger, by name."""
    return {
        name: logging.getLogger(name).level for name in ["root", *logging.root.manager.loggerDict]
    }

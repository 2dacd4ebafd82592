"""Replays one world with `--world`, and tells at the end how many there were."""

import pytest


def pytest_addoption(parser):
    """Adds `--world`."""
    parser.addoption("--world", help="play this one world again, as a failure printed it")


def pytest_collection_modifyitems(config, items):
    """With `--world` nothing else runs."""
    if config.getoption("--world", default=None) is None:
        return
    here = [item for item in items if "tests/crash" in item.path.as_posix()]
    rest = [item for item in here if item.name != "test_a_world_from_the_command_line"]
    config.hook.pytest_deselected(items=rest)
    items[:] = [item for item in items if item not in rest]


@pytest.fixture
def world(request):
    """The world of the command line, or None."""
    return request.config.getoption("--world", default=None)


def pytest_terminal_summary(terminalreporter):
    """Adds up what the tests counted, in all processes."""
    totals = {}
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        if report.when == "call":
            for name, number in report.user_properties:
                if name in ("worlds", "played", "lost", "doubled"):
                    totals[name] = totals.get(name, 0) + number
    if totals:
        terminalreporter.write_line(
            "crash harness: {worlds:,} worlds ({played:,} histories played), "
            "{lost} lost, {doubled} doubled".format(**totals)
        )

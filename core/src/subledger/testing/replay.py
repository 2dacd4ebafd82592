"""Replays one world with ``--world``, and tells at the end how many were played; for pytest."""

import pytest

_OURS = "subledger_world"
_COUNTED = ("worlds", "played", "lost", "doubled")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds ``--world``."""
    parser.getgroup("subledger").addoption(
        "--world", metavar="LINE", help="play this one world again, as a failure printed it"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With ``--world`` only tests that take a world run, without it the others."""
    replays = config.getoption("--world") is not None
    items[:] = [item for item in items if (_OURS in _arguments(item)) == replays]


def _arguments(item: pytest.Item) -> tuple[str, ...]:
    return tuple(getattr(item, "fixturenames", ()))


@pytest.fixture
def subledger_world(request: pytest.FixtureRequest) -> str:
    """The world of the command line."""
    line: str = request.config.getoption("--world")
    return line


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Adds up what the tests counted, in all processes."""
    totals: dict[str, int] = {}
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, number in report.user_properties if report.when == "call" else ():
                if name in _COUNTED and isinstance(number, int):
                    totals[name] = totals.get(name, 0) + number
    if totals:
        terminalreporter.write_line(
            "exactly once: {worlds:,} worlds ({played:,} histories played), "
            "{lost} lost, {doubled} doubled".format(**{**dict.fromkeys(_COUNTED, 0), **totals})
        )

"""The command, run as a real process."""

import json
import signal
import subprocess
import sys
from urllib.request import Request, urlopen

import pytest

from subledger_syncro.simulator import simulate_syncro

START = "from subledger_syncro.simulator import simulate_syncro; simulate_syncro({})"


def test_the_command_serves_until_it_is_told_to_stop():
    """It says one line when ready, accepts its token, and ends cleanly on SIGTERM."""
    arguments = (
        "port=0, seed=3, invoices=60, today='2026-04-10', token='abc', permissions='reader', "
        "fault='error_at=2'"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", START.format(arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        line = process.stdout.readline()
        assert line.startswith("Syncro simulator listening on http://127.0.0.1:")
        request = Request(  # noqa: S310 - our own address
            f"{line.split()[-1]}/api/v1/me", headers={"Authorization": "Bearer abc"}
        )
        with urlopen(request, timeout=10) as response:  # noqa: S310 - our own address
            assert json.load(response)["permissions"]["payment"]["write"] is False
        process.send_signal(signal.SIGTERM)
        rest, errors = process.communicate(timeout=15)
    finally:
        process.kill()
    assert (rest, errors, process.returncode) == ("", "", 0)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"fault": "nonsense"}, "unknown fault: nonsense; known: change_at, drop_at, "),
        ({"fault": "nonsense=1"}, "unknown fault: nonsense; known: "),
        ({"fault": "error_at"}, "error_at cannot be ''; expected: request numbers, such as 3;7"),
        (
            {"fault": "slow_seconds=soon"},
            "slow_seconds cannot be 'soon'; expected: seconds, such as 0.2",
        ),
        (
            {"fault": "rate_limit_every=x"},
            "rate_limit_every cannot be 'x'; expected: a number of requests, such as 5",
        ),
        ({"today": "x"}, "--today cannot be 'x'; expected: a day written YYYY-MM-DD"),
    ],
)
def test_a_word_that_cannot_be_read_is_told_with_what_can_be_written(given, expected):
    """A mistake in an option names the option's word and what is expected in its place."""
    with pytest.raises(ValueError, match=r"expected: |known: ") as told:
        simulate_syncro(port=0, **given)
    assert str(told.value).startswith(expected)

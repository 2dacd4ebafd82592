"""The command, run as a real process."""

import json
import signal
import subprocess
import sys
from urllib.request import Request, urlopen

import pytest

from subledger_pex.simulator import simulate_pex

START = "from subledger_pex.simulator import simulate_pex; simulate_pex({})"


def launch(arguments):
    return subprocess.Popen(
        [sys.executable, "-c", START.format(arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_command_serves_until_it_is_told_to_stop():
    """It says one line when ready, accepts its token, and ends cleanly on SIGTERM."""
    process = launch(
        "port=0, transactions=100, today='2026-04-10', token='abc', credit=True, fault='error_at=2'"
    )
    try:
        line = process.stdout.readline()
        assert line.startswith("PEX simulator listening on http://127.0.0.1:")
        url = line.split()[-1]
        request = Request(  # noqa: S310 - our own address
            f"{url}/v4/Business/Settings", headers={"Authorization": "token abc"}
        )
        with urlopen(request, timeout=60) as response:  # noqa: S310 - our own address
            assert json.load(response)["FundingSource"] == "Credit"
        process.send_signal(signal.SIGTERM)
        rest, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    assert (rest, errors, process.returncode) == ("", "", 0)


def test_importing_the_package_needs_no_network_library():
    """The package is cheap to import: aiohttp is loaded only when something is served."""
    code = "import sys, subledger_pex.simulator; print('aiohttp' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "False"


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
        ({"fault": "reorder=perhaps"}, "reorder cannot be 'perhaps'; expected: true or false"),
        ({"today": "x"}, "--today cannot be 'x'; expected: a day written YYYY-MM-DD"),
    ],
)
def test_a_word_that_cannot_be_read_is_told_with_what_can_be_written(given, expected):
    """A mistake in an option names the option's word and what is expected in its place."""
    with pytest.raises(ValueError, match=r"expected: |known: ") as told:
        simulate_pex(port=0, **given)
    assert str(told.value).startswith(expected)

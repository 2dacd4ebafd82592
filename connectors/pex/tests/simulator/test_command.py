"""The command, run as a real process."""

import json
import signal
import subprocess
import sys
from urllib.request import Request, urlopen

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

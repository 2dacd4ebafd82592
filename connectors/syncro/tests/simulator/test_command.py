"""The command, run as a real process."""

import json
import signal
import subprocess
import sys
from urllib.request import Request, urlopen

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

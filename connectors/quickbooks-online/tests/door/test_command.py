"""The command, run as a real process."""

import json
import signal
import subprocess
import sys
from urllib.error import HTTPError
from urllib.request import Request, urlopen

START = "from subledger_quickbooks_online.simulator import quickbooks_online as q; q({})"


def launch(arguments):
    return subprocess.Popen(
        [sys.executable, "-c", START.format(arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def call(url, method="GET", body=None, token=""):
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    request = Request(url, data, headers, method=method)  # noqa: S310 - our own address
    try:
        with urlopen(request, timeout=20) as response:  # noqa: S310 - our own address
            return response.status, json.load(response)
    except HTTPError as error:
        with error:
            return error.code, error.read()


def test_the_command_serves_until_it_is_told_to_stop(tmp_path):
    """It says one line when ready, keeps its books in the file, and ends cleanly on SIGTERM."""
    arguments = (
        f"port=0, realm='77', company=__import__('pathlib').Path({str(tmp_path / 'c.sqlite')!r}),"
        " country='CA', fault='error-before~GET vendor*@1', throttling=False,"
        " closing_date='2020-01-31'"
    )
    for count in (1, 2):
        process = launch(arguments)
        try:
            line = process.stdout.readline()
            assert line.startswith("QuickBooks Online simulator listening on http://127.0.0.1:")
            url = line.split()[-1]
            token = call(f"{url}/simulator/connect", "POST")[1]["access_token"]
            base = f"{url}/v3/company/77"
            body = {"DisplayName": f"Paper {count}"}
            status, made = call(f"{base}/vendor", "POST", body, token)
            assert (status, made["Vendor"]["SyncToken"]) == (200, "0")
            assert call(f"{base}/vendor/{made['Vendor']['Id']}", token=token)[0] == 503
            assert call(f"{base}/vendor/{made['Vendor']['Id']}", token=token)[0] == 200
            found = call(f"{base}/query?query=select%20count(*)%20from%20Vendor", token=token)[1]
            assert found["QueryResponse"]["totalCount"] == count
            shown = call(f"{base}/preferences", token=token)[1]["Preferences"]
            assert shown["AccountingInfoPrefs"]["BookCloseDate"] == "2020-01-31"
            assert shown["CurrencyPrefs"]["HomeCurrency"]["value"] == "CAD"
            assert call(f"{base}/taxcode/2", token=token)[1]["TaxCode"]["Name"] == "Exempt"
            process.send_signal(signal.SIGTERM)
            rest, errors = process.communicate(timeout=15)
        finally:
            process.kill()
        assert (rest, errors, process.returncode) == ("", "", 0)


def test_wrong_options_are_told():
    """A fault, a switch or a date that makes no sense ends it with status 2 and the reason."""
    for arguments, reason in (
        ("fault='los-answer'", "unknown fault 'los-answer'"),
        ("switches='consent=maybe'", "consent cannot be 'maybe'; expected: always, ask, deny"),
        ("closing_date='soon'", "Invalid isoformat string"),
    ):
        process = launch(f"port=0, {arguments}")
        _, errors = process.communicate(timeout=30)
        assert process.returncode == 2
        assert reason in errors


def test_importing_the_package_needs_no_network_library():
    """The package is cheap to import: aiohttp is loaded only when something is served."""
    code = "import sys, subledger_quickbooks_online.simulator; print('aiohttp' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "False"

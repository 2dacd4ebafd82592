"""The pages about books that are called: typed as they stand, against simulated systems."""

import json
import re
import shlex
import socket
import sys
import time
import tomllib
from collections.abc import Iterable
from pathlib import Path
from urllib.request import urlopen

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "end_to_end")]

import forked  # noqa: E402 - found through the path above
import pages  # noqa: E402 - as above

PATIENCE = 180.0
REALM = "9341453172000001"
SECRETS = {
    "PEX_TOKEN": "demo-token",
    "QBO_CLIENT_SECRET": "simulated-secret",
    "SYNCRO_TOKEN": "demo-token",
}
SIMULATORS = {
    "pex": ("--transactions", "30"),
    "quickbooks-online": (),
    "syncro": ("--invoices", "20", "--limit", "0"),
}


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


class Reader:
    """Somebody who follows one page, with simulated systems in place of the real ones."""

    def __init__(self, page: str, folder: Path) -> None:
        self.page = pages.DOCS / "how-to" / page
        self.folder = folder
        self.running: list[forked.Process] = []
        self.addresses: dict[str, str] = {}
        shown = self.page.read_text(encoding="utf-8")
        text = "".join(block.text for block in pages.blocks("console", shown, self.page))
        self.commands = [line[2:] for line in text.splitlines() if line.startswith("$ ")]
        whole = pages.base(self.page)
        for block in pages.blocks("toml", shown, self.page):
            part = tomllib.loads(block.text)
            if part.get("flows") and self.named(part["flows"]):
                whole = pages.merged(whole, part)
        for name, connection in whole["connections"].items():
            simulated = self.simulated(connection["connector"])
            whole["connections"][name] = {**connection, **simulated}
        whole["server"] = {"port": free_port()}
        (folder / "subledger.toml").write_text(pages.written(whole), encoding="utf-8")

    def named(self, flows: Iterable[str]) -> bool:
        """Whether the page's commands name all of these flows."""
        return set(flows) <= {word for command in self.commands for word in command.split()}

    def simulated(self, connector: str) -> dict[str, object]:
        """The settings that lead to a simulated system, which is started."""
        port = free_port()
        address = self.addresses[connector] = f"http://127.0.0.1:{port}"
        words = ["simulate", connector, "--port", str(port), *SIMULATORS[connector]]
        self.starts(words)
        self.waits(port)
        return {
            "pex": {"base_url": address, "requests_per_second": 200},
            "syncro": {"base_url": address, "requests_per_minute": 6000},
            "quickbooks-online": {
                "base_url": address,
                "oauth_url": address,
                "client_id": "simulated-client",
            },
        }[connector]

    def starts(self, words: list[str]) -> forked.Process:
        """Starts a command."""
        process = forked.start(*words, environment=SECRETS, folder=self.folder)
        self.running.append(process)
        return process

    def waits(self, port: int) -> None:
        """Goes on once somebody listens there."""
        ends = time.monotonic() + PATIENCE
        while True:
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", port)) == 0:
                    return
            assert time.monotonic() < ends, "nobody listens"
            time.sleep(0.02)

    def types(self, command: str, expected: tuple[int, ...] = (0,)) -> str:
        """What a command prints; it has to end as expected."""
        process = self.starts(shlex.split(command)[1:])
        printed, log = process.communicate(timeout=PATIENCE)
        assert process.returncode in expected, f"{command}: {printed}{log}"
        return printed

    def connects(self, connection: str) -> str:
        """Types the command, allows the access in a browser; what the browser shows."""
        process = self.starts(["connect", connection, "--no-browser"])
        address = ""
        while not address and (line := process.stderr.readline()):
            address = "".join(re.findall(r"http://\S+", line.decode()))
        with urlopen(address, timeout=PATIENCE) as shown:  # noqa: S310 - our own simulator
            text: str = shown.read().decode()
        assert process.wait(timeout=PATIENCE) == 0
        return text

    def has_customer(self, name: str) -> None:
        """A person makes a customer in the simulated company."""
        order = {"entity": "Customer", "body": {"DisplayName": name}}
        address = f"{self.addresses['quickbooks-online']}/simulator/companies/{REALM}/create"
        with urlopen(address, json.dumps(order).encode(), timeout=PATIENCE) as answer:  # noqa: S310 - our own simulator
            answer.read()

    def books(self) -> list[dict[str, object]]:
        """The documents that the simulated company holds."""
        address = f"{self.addresses['quickbooks-online']}/simulator/companies/{REALM}/documents"
        with urlopen(address, timeout=PATIENCE) as answer:  # noqa: S310 - our own simulator
            documents: list[dict[str, object]] = json.loads(answer.read())
        return documents

    def leaves(self) -> None:
        """Stops what still runs."""
        for process in self.running:
            process.terminate()
            process.communicate(timeout=PATIENCE)


@pytest.fixture
def reader(request, tmp_path):
    one = Reader(request.param, tmp_path)
    yield one
    one.leaves()


@pytest.mark.parametrize("reader", ["connect-quickbooks-online.md"], indirect=True)
def test_a_company_is_connected_as_the_page_says(reader):
    """Whoever types the page's command and allows the access has a connection that stands."""
    assert reader.commands == ["subledger connect books"]
    assert "books is connected" in reader.connects("books")
    assert "disconnected" in reader.types("subledger connect books --revoke")


@pytest.mark.parametrize(
    "reader",
    ["syncro-into-quickbooks.md", "cards-into-quickbooks-online.md", "one-time-moves.md"],
    indirect=True,
)
def test_a_page_does_what_it_says(reader):
    """Whoever types a page's commands has posted nothing before the approval, all of it after."""
    reader.connects("books")
    reader.has_customer("Harbor Light Dental")
    approved = set()
    shown = {}
    for command in reader.commands:
        verb = command.split()[1]
        if verb == "approve":
            assert reader.books() == []
            assert re.search(r"[1-9]\d* documents? would go", shown["plan"])
            approved.add(command)
        shown[verb] = reader.types(command, (0, 1) if verb == "findings" else (0,))
    assert approved
    if "reconcile" in shown:
        assert ": agrees" in shown["reconcile"]
        assert reader.books() != []
    if "status" in shown:
        rows = {line.split()[0]: line.split()[-1] for line in shown["status"].splitlines() if line}
        assert rows["difference"] == "0.00"
        assert rows["waiting"] == "0.00"

"""A real server in a process of its own, and the official contracts as judges."""

import asyncio
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from attrs import frozen
from lxml import etree

from subledger_quickbooks_desktop.simulator.web_connector.soap import render_call

COMPANIES = 64
HERE = Path(__file__).resolve().parent


def password(number: int) -> str:
    """A canary: it must never be seen outside the request that carries it."""
    return f"canary-password-{number:04d}-0f3b"


@frozen(kw_only=True)
class Server:
    """Where the server is, and what it leaves behind."""

    url: str
    pid: int
    folder: Path
    made: str
    guessed: str
    password: Callable[[int], str] = password

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        parts = urlsplit(self.url)
        assert parts.hostname is not None
        assert parts.port is not None
        return parts.hostname, parts.port

    def rss_mb(self) -> float:
        """Memory of the server process, in megabytes."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]

    def cpu_seconds(self) -> float:
        """Processor time that the server process has taken; other processes do not count."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def post(self, body: bytes, path: str = "/qbwc/c0") -> tuple[int, bytes]:
        """One POST over HTTP."""
        request = urllib.request.Request(  # noqa: S310 - our own loopback address
            self.url + path, data=body, headers={"Content-Type": "text/xml; charset=utf-8"}
        )
        try:
            with urllib.request.urlopen(request, timeout=120) as response:  # noqa: S310 - as above
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def call(self, method: str, *values: str | int, path: str = "/qbwc/c0") -> str:
        """The text of a method's result; an array's texts joined by a bar."""
        status, body = self.post(render_call(method, values), path)
        assert status == 200, (status, body)
        result = etree.fromstring(body).find(".//{*}" + f"{method}Result")
        assert result is not None
        return "|".join(item.text or "" for item in result) if len(result) else result.text or ""

    async def raw(self, data: bytes, *, wait: float = 60.0, source: str = "127.0.0.1") -> bytes:
        """Send bytes over a socket and read until the server closes, or `wait` seconds passed."""
        reader, writer = await asyncio.open_connection(*self.address, local_addr=(source, 0))
        try:
            writer.write(data)
            async with asyncio.timeout(wait):
                return await reader.read(65536)
        except (ConnectionError, TimeoutError):
            return b""
        finally:
            writer.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server with 64 companies, each with a little work."""
    folder = tmp_path_factory.mktemp("server")
    variables = {f"QBWC_PASSWORD_{n}": password(n) for n in range(COMPANIES)}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, str(HERE / "real_server.py"), str(folder), str(COMPANIES)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env={**os.environ, **variables},
        )
        assert process.stdout is not None
        line = process.stdout.readline().decode().split()
        try:
            assert len(line) == 4, (folder / "log").read_text()[-3000:]
            url, pid, made, guessed = line
            yield Server(url=url, pid=int(pid), folder=folder, made=made, guessed=guessed)
        finally:
            process.communicate(timeout=120)


@pytest.fixture(scope="session")
def contracts() -> Path:
    """The folder of the official contracts; skips where it is absent."""
    named = os.environ.get("SUBLEDGER_CONTRACTS")
    folder = Path(named) if named else HERE.parents[2] / "shared" / "contracts"
    if not folder.is_dir():
        pytest.skip("the official contracts are not here (SUBLEDGER_CONTRACTS names their folder)")
    return folder


@pytest.fixture(scope="session")
def official_schema(contracts: Path) -> etree.XMLSchema:
    """The published qbXML 13.0 schema."""
    return etree.XMLSchema(etree.parse(contracts / "qbxml" / "qbxmlops130.xsd"))

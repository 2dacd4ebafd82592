"""X12: each simulator runs alone, by one command, without a configuration or an account."""

import asyncio
import importlib
import inspect
import json

import aiohttp
from processes import output_alone, running, start
from world import TOKEN

from subledger.catalogue import Catalogue, installed


def test_simulators_side_by_side():
    """X12: all simulators can run at once with their defaults: each has a port of its own."""
    catalogue = Catalogue(installed(), built_in=())
    ports = {}
    for connector in ("pex", "quickbooks-online", "syncro"):
        module, _, name = catalogue.simulator(connector).command.partition(":")
        command = getattr(importlib.import_module(module), name)
        ports[connector] = inspect.signature(command).parameters["port"].default
    assert len(set(ports.values())) == len(ports), ports


async def test_pex_alone():
    """X12: a PEX business answers over HTTP, and tells its truth to those who test."""
    words = ("--port", "0", "--transactions", "50", "--token", TOKEN)
    async with running("simulate", "pex", *words) as pex, aiohttp.ClientSession() as http:
        head = {"Authorization": f"token {TOKEN}"}
        url = f"{pex.url}/V4/Details/AccountDetails"
        async with http.get(url, headers=head) as answer:
            assert answer.status == 200
            assert (await answer.json())["BusinessName"] == "Northwind Care LLC"
        async with http.get(url) as answer:
            assert answer.status == 401
        async with http.get(f"{pex.url}/_simulator/truth") as answer:
            assert (await answer.json())["count"] >= 40


async def test_quickbooks_alone(tmp_path):
    """X12: a sample company is made by the command, and its books balance."""
    company = tmp_path / "company.db"
    words = ("--company", str(company), "--trial-balance", "--documents", "--json")
    code, document = await output_alone("simulate", "quickbooks-desktop", *words)
    assert code == 0
    assert company.exists()
    cents = [int(text.replace(".", "")) for text in document["trial_balance"].values()]
    assert any(cents)
    assert sum(cents) == 0
    assert len(document["documents"]) == 1


async def test_web_connector_without_a_server(tmp_path):
    """X12: the Web Connector reports a server that is not there, as the real one does."""
    words = ("--company", str(tmp_path / "c.db"), "--connect", "http://127.0.0.1:9/qbwc/books")
    who = ("--username", "books", "--password-env", "QBWC_PASSWORD", "--json")
    process = await start("simulate", "quickbooks-desktop", *words, *who)
    out, _log = await asyncio.to_thread(process.communicate)
    assert process.returncode == 1
    (run,) = json.loads(out)["runs"]
    assert run["error"].startswith("QBWC")

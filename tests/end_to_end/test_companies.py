"""K5, D1, scenario 20: several companies on one server, each in a file of its own."""

import asyncio
import base64
import datetime as dt
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
import sqlalchemy as sa
import structlog
from attrs import define, evolve
from passing import Clock, Naps
from world import (
    ENVIRONMENT,
    REGISTER,
    TOKEN,
    ago,
    business,
    company_tables,
    enrol,
    seat,
    toml,
)

from subledger.cli.serve import FolderWatch
from subledger.config import load_companies
from subledger.config.files import GLOBAL_FILE
from subledger.flow.proof import prove
from subledger.kernel import Kernel
from subledger.ledger import findings
from subledger.ports import Grant
from subledger.realworld import real_runtime
from subledger.secret import Secret
from subledger.server.run import Listen, serving
from subledger.store import open_store, schema
from subledger.vault import Keyring
from subledger_pex.simulator import Simulation
from subledger_pex.simulator.landmarks import bought, plain
from subledger_pex.simulator.server import serving as pex_serving


@define
class Town:
    """One server and what belongs to each company, by its name."""

    folder: object
    kernel: Kernel
    cards: dict
    companies: dict
    url: str

    async def sync(self, name):
        """One company is synced."""
        await self.kernel.run_flow(f"{name}.cards")
        result = await self.companies[name].session()
        assert not result.failed, result
        return result

    async def proof(self, name):
        """A company's proof."""
        names = (f"{name}.{part}" for part in ("cards", "cards", "books"))
        return await self.kernel.store.read(prove, *names)


@asynccontextmanager
async def town(folder, **businesses):
    """A server with a folder of companies, one for each business."""
    clock = Clock(next(iter(businesses.values())).starts - dt.datetime.now(dt.UTC))
    config = folder / "companies"
    config.mkdir()
    async with AsyncExitStack() as stack:
        cards = {}
        for name, made in businesses.items():
            cards[name] = Simulation.of(made, token=TOKEN)
            pex = await stack.enter_async_context(pex_serving(cards[name]))
            (config / f"{name}.toml").write_text(toml(company_tables(pex)))
        settings, bad = load_companies(config)
        assert not bad
        store = open_store(folder / "subledger.db")
        stack.callback(store.close)
        real = await stack.enter_async_context(real_runtime())
        runtime = evolve(real, now=clock, sleep=Naps())
        kernel = Kernel(settings, store, runtime, structlog.get_logger(), "town")
        listen = Listen(host="127.0.0.1", port=0)
        server = serving(kernel, listen, FolderWatch(config).changed)
        url = await stack.enter_async_context(server)
        companies = {}
        for name in businesses:
            seated = seat(folder / f"{name}.db", clock, f"{url}/qbwc/{name}.books")
            companies[name] = stack.enter_context(seated)
            await enrol(kernel, f"{name}.books", url, companies[name], folder)
        yield Town(config, kernel, cards, companies, url)


@pytest.fixture(autouse=True)
def _environment(monkeypatch):
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


def shops(cents):
    """The same purchases at the same shops, with other amounts."""
    return business(
        *(bought(f"item {n}", -cents - n, ago(9 + n), tags=plain("Fuel")) for n in range(3))
    )


async def until(check):
    """Waits for what the server does by itself."""
    for _ in range(1000):
        if check():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not happen")


async def test_no_cross_talk(tmp_path):
    """Scenario 20: two companies with the same vendors and the same record numbers stay apart."""
    async with town(tmp_path, acme=shops(1000), bolt=shops(5000)) as both:
        await asyncio.gather(both.sync("acme"), both.sync("bolt"))
        for name, cents in (("acme", 3003), ("bolt", 15003)):
            company = both.companies[name]
            assert company.books.balance(REGISTER) * 100 == -cents
            assert {d["payee"] for d in company.documents()} == {"Office Depot"}
            proof = await both.proof(name)
            assert proof.agrees
            assert proof.buckets["posted"].total.minor == -cents
        acme, bolt = (both.companies[name].register(REGISTER) for name in ("acme", "bolt"))
        assert set(acme) == set(bolt)
        assert not set(acme.values()) & set(bolt.values())


async def test_password_of_another_company(tmp_path):
    """K5: a Web Connector of one company cannot speak for another, nor reach unknown ones."""
    async with town(tmp_path, acme=shops(1000), bolt=shops(5000)) as both:
        company = both.companies["acme"]
        company.url = company.url.replace("acme", "nobody")
        assert (await company.session()).failed
        await both.kernel.run_flow("bolt.cards")
        company.url = company.url.replace("nobody", "bolt")
        result = await company.session()
        assert result.writes == 0
        assert company.documents() == []


async def test_reload(tmp_path):
    """K5: a changed file is taken over without a restart; another company's session goes on."""
    async with town(tmp_path, acme=shops(1000), bolt=shops(5000)) as both:
        await both.sync("acme")
        running = asyncio.create_task(both.companies["bolt"].session())
        path = both.folder / "acme.toml"
        path.write_text(path.read_text().replace('"Uncategorized Expense"', '"Telephone"'))
        flows = both.kernel.settings.flows
        await until(lambda: both.kernel.settings.flows is not flows)
        settings = both.kernel.settings.flows["acme.cards"].settings
        assert settings.default_expense_account == "Telephone"
        await running
        await both.sync("bolt")
        assert (await both.proof("bolt")).agrees
        assert (await both.sync("acme")).writes == 0


async def test_new_company(tmp_path):
    """K5: a file that is added is served without a restart, one that is removed is not any more."""
    async with town(tmp_path, acme=shops(1000), bolt=shops(5000)) as both:
        text = (both.folder / "bolt.toml").read_text()
        (both.folder / "coda.toml").write_text(text)
        await until(lambda: "coda.cards" in both.kernel.settings.flows)
        assert (await both.kernel.run_flow("coda.cards")).read == 3
        (both.folder / "bolt.toml").unlink()
        await until(lambda: "bolt.cards" not in both.kernel.settings.flows)
        assert (await both.companies["bolt"].session()).failed
        await both.sync("acme")


async def test_bad_file_stops_only_itself(tmp_path):
    """K5: a file that is wrong stops its own company, is named, and heals when it is mended."""
    async with town(tmp_path, acme=shops(1000), bolt=shops(5000)) as both:
        path = both.folder / "bolt.toml"
        good = path.read_text()
        path.write_text(good.replace("card-expenses", "card-expanses"))
        await until(lambda: "bolt.cards" not in both.kernel.settings.flows)
        await both.sync("acme")
        assert (await both.proof("acme")).buckets["posted"].records == 3
        path.write_text(good)
        await until(lambda: "bolt.cards" in both.kernel.settings.flows)
        await both.sync("bolt")
        assert (await both.proof("bolt")).agrees


async def test_a_new_key_of_tokens(tmp_path):
    """K5: another `[vault] key` counts without a restart, and no authorised connection is lost."""
    async with town(tmp_path, acme=shops(1000)) as one:
        vault = one.kernel.vault("acme.books")
        grant = Grant(access=Secret("acc"), refresh=Secret("ref"), expires=one.kernel.runtime.now())
        await vault.keep(grant)
        (old,) = tmp_path.rglob("*.key")
        new = tmp_path / "new.key"
        new.write_text(base64.b64encode(b"n" * 32).decode())
        common = one.folder / GLOBAL_FILE
        common.write_text(f'[vault]\nkey = {{ file = "{new}" }}\n')
        before = one.kernel.settings
        await until(lambda: one.kernel.settings is not before)
        await asyncio.sleep(0.5)
        assert await vault.grant() == grant  # the new key alone would lose it
        old_keys = f'old_keys = [{{ file = "{old}" }}]\n'
        common.write_text(common.read_text() + old_keys)
        sealed = sa.select(schema.TOKEN.c.sealed)
        ring = Keyring([b"n" * 32])
        for _ in range(200):
            text = await one.kernel.store.read(lambda c: c.execute(sealed).scalar())
            if ring.opens(text, "acme.books"):
                break
            await asyncio.sleep(0.05)
        assert ring.opens(text, "acme.books")
        assert await vault.grant() == grant


async def test_findings_by_company(tmp_path):
    """K5: a finding of one company does not show among those of another."""
    held = business(bought("stamps", -100, ago(9), tags=plain("Postage")))
    async with town(tmp_path, acme=shops(1000), bolt=held) as both:
        await both.sync("acme")
        await both.sync("bolt")
        mine = await both.kernel.store.read(findings.listing, ["acme.cards"])
        assert mine == []
        (theirs,) = await both.kernel.store.read(findings.listing, ["bolt.cards"])
        assert theirs.category == "mapping_stale"

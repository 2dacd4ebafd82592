"""Other keys: they count at once, no token is lost with them, and the log tells of it."""

import base64
import datetime as dt
import logging

import pytest
import sqlalchemy as sa
import structlog
from attrs import evolve

from subledger.config import Settings, StoreSettings, VaultSettings
from subledger.ledger import leases
from subledger.observe import redact
from subledger.ports import Grant
from subledger.realworld import real_runtime
from subledger.secret import Secret
from subledger.store import open_store
from subledger.store.schema import TOKEN
from subledger.vault import Keyring, KeySource, SqlVault, Unsealable, take_keys
from subledger.vault.store import RENEWAL, lease_of

KEYS = {name: (name * 32).encode() for name in "abc"}
EXPIRES = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def grant(number=1):
    """A grant whose tokens carry a number."""
    return Grant(
        access=Secret(f"access-{number}"), refresh=Secret(f"refresh-{number}"), expires=EXPIRES
    )


class Office:
    """An installation whose server runs, and whose keys are changed."""

    def __init__(self, folder, runtime):
        url = f"sqlite:///{folder}/s.db"
        self.none = Settings(folder=folder, store=StoreSettings(url=url))
        self.folder, self.runtime = folder, runtime
        self.store = open_store(folder / "s.db")
        self.lines = []
        self.source = KeySource(self.with_keys("a"))
        logger = structlog.wrap_logger(logging.getLogger("silent"), processors=[self.hear])
        self.log = logger

    def hear(self, _logger, _method, event):
        """Keeps a line of the log."""
        self.lines.append(event)
        raise structlog.DropEvent

    def with_keys(self, *names):
        """The settings with these keys, the first of which seals; a wrong one by its own text."""
        texts = [base64.b64encode(KEYS[n]).decode() if n in KEYS else n for n in names]
        key, *old = map(Secret, texts)
        return evolve(self.none, vault=VaultSettings(key=key, old_keys=tuple(old)))

    def vault(self, connection="books"):
        """Where the running server keeps a connection's grant."""
        return SqlVault(connection, self.store, self.runtime, self.source, "server")

    async def reload(self, *names):
        """The configuration has other keys; the events of the log."""
        self.lines.clear()
        settings = self.with_keys(*names) if names else self.none
        await take_keys(self.store, self.runtime, self.log, self.source, settings)
        return [line["event"] for line in self.lines]

    async def opened_with(self, *names, connection="books"):
        """Whether a program that has just these keys could read the grant."""
        found = sa.select(TOKEN.c.sealed).where(TOKEN.c.connection == connection)
        sealed = await self.store.tx(lambda c: c.execute(found).scalar())
        return Keyring([KEYS[name] for name in names]).opens(sealed, connection)


@pytest.fixture
async def office(tmp_path):
    """An installation with one connection that a person authorised, under key a."""
    async with real_runtime() as runtime:
        made = Office(tmp_path, runtime)
        await made.vault().keep(grant())
        yield made
        made.store.close()
    redact.forget_all()


async def test_a_new_key_counts_without_a_restart(office):
    """What was sealed with the old key is read, and sealed anew; then the old one may go."""
    vault = office.vault()
    assert await office.reload("b", "a") == ["tokens_sealed_anew"]
    assert office.lines[0]["connections"] == ("books",)
    assert await vault.grant() == grant()
    assert (await office.opened_with("a"), await office.opened_with("b")) == (False, True)
    assert await office.reload("b") == []
    assert await vault.grant() == grant()


async def test_a_key_that_opens_nothing_loses_nothing(office):
    """Without the old key the new one is not taken: the log says so, and the old one goes on."""
    assert await office.reload("b") == ["vault_keys_refused"]
    assert office.lines[0]["connections"] == ("books",)
    assert "old_keys" in office.lines[0]["hint"]
    await office.vault().keep(grant(2))
    assert await office.vault().grant() == grant(2)
    assert await office.opened_with("a")
    assert await office.reload("b", "a") == ["tokens_sealed_anew"]


@pytest.mark.parametrize("keys", [("short", "a"), ("b", "short")])
async def test_what_is_no_key_changes_nothing(office, keys):
    """A text that is not a key is refused by its place, and not shown; the old key goes on."""
    assert await office.reload(*keys) == ["vault_keys_refused"]
    assert "is not 32 bytes" in office.lines[0]["why"]
    assert "short" not in str(office.lines)
    assert await office.vault().grant() == grant()


async def test_a_server_that_starts_with_the_wrong_key(office):
    """Nothing that is stored is touched: the log names the connections, and the right key helps."""
    office.source = KeySource(office.with_keys("c"))
    assert await office.reload("c") == ["tokens_not_decrypted"]
    assert office.lines[0]["connections"] == ("books",)
    with pytest.raises(Unsealable, match="connect it again"):
        await office.vault().grant()
    assert await office.reload("c", "a") == ["tokens_sealed_anew"]
    assert await office.vault().grant() == grant()


async def test_what_was_lost_before_holds_up_no_new_key(office):
    """A grant that the keys of before do not open either is no reason to keep them."""
    await office.store.tx(lambda c: c.execute(sa.update(TOKEN).values(connection="former")))
    await office.vault().keep(grant())
    assert await office.reload("b", "a") == ["tokens_not_decrypted", "tokens_sealed_anew"]
    assert await office.opened_with("b")


async def test_what_is_being_renewed_is_left_to_its_renewal(office):
    """A grant that somebody renews now is not touched: what comes is sealed with the new key."""
    vault = office.vault()

    async def renew(_grant):
        assert await office.reload("b", "a") == []
        assert await office.opened_with("a")
        return grant(2)

    assert await vault.renewed(grant(), renew) == grant(2)
    assert await office.opened_with("b")
    holder = await office.store.tx(leases.take, lease_of("books"), "other", 1, RENEWAL)
    assert holder is not None, "the lease is free again"


async def test_an_attempt_to_connect_goes_on(office):
    """Who is just allowing the access in a browser is connected in spite of another key."""
    await office.vault("consent:books").keep(grant())
    await office.reload("b", "a")
    assert await office.opened_with("b", connection="consent:books")
    assert office.lines[0]["connections"] == ("books",)
    await office.store.tx(
        lambda c: c.execute(sa.delete(TOKEN).where(TOKEN.c.connection == "books"))
    )
    assert await office.reload("c") == [], "an old attempt holds up no new key"


async def test_no_key_is_made_before_it_is_needed(office):
    """Without a grant and a key in the settings, looking at the keys makes no file."""
    await office.vault().forget()
    assert await office.reload() == []
    assert not (office.folder / "s.db.key").exists()
    await office.vault().keep(grant())
    assert (office.folder / "s.db.key").exists()


async def test_tokens_are_masked_by_value(office):
    """No log line shows a token that the vault took or handed out, however it is named."""
    await office.vault().keep(grant(7))
    assert redact.text("GET /v3 with access-7") == "GET /v3 with ****"
    redact.forget_all()
    assert redact.text("access-7") == "access-7", "control: nobody has told of it"
    await office.vault().grant()
    assert redact.text("refresh-7 and access-7") == "**** and ****"


async def test_tokens_of_long_ago_are_not_kept(office):
    """After two renewals nobody remembers the first token any more; the last two stay masked."""
    vault, stale = office.vault(), grant(1)
    for number in (2, 3):

        async def renew(_grant, number=number):
            return grant(number)

        stale = await vault.renewed(stale, renew)
    said = redact.text("access-1 access-2 access-3")
    assert said == "access-1 **** ****"

"""The vault: tokens are encrypted, belong to one connection, and are renewed once."""

import asyncio
import base64
import datetime as dt
import os
from unittest.mock import Mock

import attrs
import pytest
import structlog

from subledger.config import Settings, StoreSettings, VaultSettings
from subledger.errors import AuthenticationError, ConfigError
from subledger.kernel import Kernel
from subledger.ports import Grant
from subledger.realworld import real_runtime
from subledger.secret import Secret
from subledger.store import open_store
from subledger.store.engine import memory_store
from subledger.store.schema import TOKEN
from subledger.vault import Keyring, KeySource, SqlVault, Unsealable
from subledger.vault.store import RENEWAL

EXPIRES = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
RENEWAL_AND_MORE = dt.timedelta(milliseconds=RENEWAL + 1000)


def make_grant(number=1):
    """A grant whose tokens carry a number."""
    return Grant(
        access=Secret(f"access-{number}"),
        refresh=Secret(f"refresh-{number}"),
        expires=EXPIRES,
        refresh_expires=EXPIRES + dt.timedelta(days=100),
        facts={"realm": "4620816365"},
    )


@pytest.fixture
def settings(tmp_path):
    """Settings on a database of their own."""
    return Settings(folder=tmp_path, store=StoreSettings(url=f"sqlite:///{tmp_path}/s.db"))


@pytest.fixture
async def vaults(settings, tmp_path):
    """A maker of vaults on one database, each with its own lock as in a process of its own."""
    stores = []
    async with real_runtime() as runtime:

        def make(connection="books", owner="a"):
            stores.append(open_store(tmp_path / "s.db"))
            return SqlVault(connection, stores[-1], runtime, KeySource(settings), owner)

        yield make
    for store in stores:
        store.close()


async def test_grant_is_kept(vaults):
    """What one process keeps another finds, moments and facts included."""
    assert await vaults().grant() is None
    await vaults().keep(make_grant())
    assert await vaults().grant() == make_grant()
    await vaults().forget()
    assert await vaults().grant() is None


async def test_nothing_in_clear(vaults, tmp_path):
    """No token stands in the files of the database."""
    await vaults().keep(make_grant())
    content = b"".join(path.read_bytes() for path in tmp_path.glob("s.db*"))
    assert b"access-1" not in content
    assert b"refresh-1" not in content


async def test_grant_of_another_connection(vaults):
    """A row that was moved to another connection is not opened."""
    await vaults("books").keep(make_grant())
    await vaults("books").store.tx(
        lambda c: c.exec_driver_sql("UPDATE token SET connection = 'other'")
    )
    with pytest.raises(Unsealable, match="other"):
        await vaults("other").grant()


async def test_key_file_is_private(vaults, tmp_path):
    """The key lies in a file of its own that only its owner may read."""
    await vaults().keep(make_grant())
    key = tmp_path / "s.db.key"
    assert key.stat().st_mode & 0o077 == 0
    assert len(base64.b64decode(key.read_text())) == 32


async def test_one_token_call_for_twenty(vaults):
    """Twenty callers in two processes with a stale grant make one call and get one grant."""
    first, second = vaults(owner="a"), vaults(owner="b")
    await first.keep(make_grant(1))
    calls = []

    async def renew(grant):
        calls.append(grant.refresh.reveal())
        await asyncio.sleep(0.05)
        return make_grant(2)

    got = await asyncio.gather(
        *(vault.renewed(make_grant(1), renew) for vault in [first, second] * 10)
    )
    assert calls == ["refresh-1"]
    assert {grant.access.reveal() for grant in got} == {"access-2"}
    assert await vaults().grant() == make_grant(2)


async def test_without_the_lease_two_call(vaults, monkeypatch):
    """Control: where nobody takes turns, the harness sees more than one token call."""
    first, second = vaults(owner="a"), vaults(owner="b")
    await first.keep(make_grant(1))
    monkeypatch.setattr("subledger.vault.store.leases.take", lambda *_given: 1)
    monkeypatch.setattr("subledger.vault.store.leases.renew", lambda *_given: None)
    calls = []

    async def renew(_grant):
        calls.append(1)
        await asyncio.sleep(0.05)
        return make_grant(2)

    await asyncio.gather(*(vault.renewed(make_grant(1), renew) for vault in (first, second)))
    assert len(calls) == 2


async def test_failed_renewal_keeps_the_grant(vaults):
    """A renewal that fails leaves the stored grant as it is, and the next may try."""
    vault = vaults()
    await vault.keep(make_grant(1))

    async def fail(_grant):
        raise OSError("the network is down")

    with pytest.raises(OSError, match="network"):
        await vault.renewed(make_grant(1), fail)
    assert await vault.grant() == make_grant(1)

    async def renew(_grant):
        return make_grant(2)

    assert await vault.renewed(make_grant(1), renew) == make_grant(2)


def test_keys_rotate():
    """A new key seals, old ones still open; without the old one nothing opens."""
    old, new = os.urandom(32), os.urandom(32)
    sealed = Keyring([old]).seal(b"token", "books")
    assert Keyring([new, old]).open(sealed, "books") == b"token"
    with pytest.raises(Unsealable, match="connect it again"):
        Keyring([new]).open(sealed, "books")


@pytest.mark.parametrize("text", ["short", "not base64!", base64.b64encode(b"x" * 31).decode()])
def test_bad_key(settings, text):
    """A key that is not 32 bytes in base64 is refused by name."""
    bad = attrs.evolve(settings, vault=VaultSettings(key=Secret(text)))
    with pytest.raises(ConfigError, match=r"vault\.key: is not 32 bytes"):
        KeySource(bad)()


def test_server_database_needs_a_key(settings):
    """A database without a folder of its own asks for a key, and says how to make one."""
    far = attrs.evolve(settings, store=StoreSettings(url="postgresql://db/subledger"))
    with pytest.raises(ConfigError, match="openssl rand"):
        KeySource(far)()


async def held_up(vault, meanwhile):
    """A renewal during which something else happens."""

    async def renew(_grant):
        await meanwhile()
        return make_grant(2)

    return await vault.renewed(make_grant(1), renew)


async def test_disconnected_while_it_was_renewed(vaults):
    """Who disconnects stays disconnected: a renewal that was under way brings nothing back."""
    vault = vaults()
    await vault.keep(make_grant(1))
    with pytest.raises(AuthenticationError, match="not connected"):
        await held_up(vault, vaults(owner="b").forget)
    assert await vault.grant() is None


async def test_connected_again_while_it_was_renewed(vaults):
    """What a person authorised newly is not replaced by what a renewal under way brought."""
    vault, other = vaults(), vaults(owner="b")
    await vault.keep(make_grant(1))
    assert await held_up(vault, lambda: other.keep(make_grant(3))) == make_grant(3)
    assert await vault.grant() == make_grant(3)


async def test_notes_of_a_renewal_are_no_new_grant(vaults):
    """A connector may note on the grant that its token is being spent; that is no other grant."""
    vault = vaults()
    await vault.keep(make_grant(1))
    spent = attrs.evolve(make_grant(1), facts={"spent": "yes"})
    assert await held_up(vault, lambda: vault.keep(spent)) == make_grant(2)
    assert await vault.grant() == make_grant(2)


async def test_nothing_to_renew(vaults):
    """A grant that a program remembers is not renewed once the connection was given up."""
    with pytest.raises(AuthenticationError, match="not connected"):
        await held_up(vaults(), lambda: pytest.fail("nobody may be asked"))


async def test_overtaken_renewal_is_not_lost(vaults):
    """Where the one who overtook a slow renewal got nothing, what the slow one got is kept."""
    vault, other = vaults(), vaults(owner="b")
    await vault.keep(make_grant(1))

    async def refused(_grant):
        raise AuthenticationError("this token was used already")

    async def overtaken():
        late = attrs.evolve(other.runtime, now=lambda: dt.datetime.now(dt.UTC) + RENEWAL_AND_MORE)
        with pytest.raises(AuthenticationError, match="used already"):
            await attrs.evolve(other, runtime=late).renewed(make_grant(1), refused)

    assert await held_up(vault, overtaken) == make_grant(2)
    assert await vaults().grant() == make_grant(2)


async def test_overtaken_renewal_gives_way(vaults):
    """Where the one who overtook a slow renewal is still at it, its grant counts."""
    vault, other = vaults(), vaults(owner="b")
    await vault.keep(make_grant(1))
    asked, go = asyncio.Event(), asyncio.Event()

    async def slow(_grant):
        asked.set()
        await go.wait()
        return make_grant(3)

    late = attrs.evolve(other.runtime, now=lambda: dt.datetime.now(dt.UTC) + RENEWAL_AND_MORE)
    tasks = []

    async def overtaken():
        renewal = attrs.evolve(other, runtime=late).renewed(make_grant(1), slow)
        tasks.append(asyncio.create_task(renewal))
        await asked.wait()
        asyncio.get_running_loop().call_later(0.1, go.set)

    assert await held_up(vault, overtaken) == make_grant(3)
    assert await tasks[0] == make_grant(3)


def test_key_file_is_whole_or_not_there(settings, tmp_path, monkeypatch):
    """A process that is killed while it makes the key leaves no half of one behind."""
    with monkeypatch.context() as patch:
        patch.setattr("subledger.vault.keys.os.fsync", lambda _file: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            KeySource(settings)()
    assert not (tmp_path / "s.db.key").exists()
    first, second = KeySource(settings)(), KeySource(settings)()
    assert second.open(first.seal(b"token", "books"), "books") == b"token"
    assert [path.name for path in tmp_path.iterdir()] == ["s.db.key"]


def test_two_processes_make_one_key(settings, tmp_path, monkeypatch):
    """Whoever comes second takes the key of the first."""
    theirs = base64.b64encode(b"k" * 32).decode()

    def between(_file):
        (tmp_path / "s.db.key").write_text(theirs)
        (tmp_path / "s.db.key").chmod(0o600)

    monkeypatch.setattr("subledger.vault.keys.os.fsync", between)
    assert KeySource(settings)().keys == [b"k" * 32]


def test_key_where_files_have_one_name_only(settings, tmp_path, monkeypatch):
    """A disk that knows no second name for a file holds the key as well."""
    monkeypatch.setattr("subledger.vault.keys.os.link", Mock(side_effect=PermissionError))
    assert KeySource(settings)().keys == KeySource(settings)().keys
    assert [path.name for path in tmp_path.iterdir()] == ["s.db.key"]


def test_key_that_others_can_read(settings, tmp_path):
    """A key file that other users of the machine can read is refused."""
    KeySource(settings)()
    (tmp_path / "s.db.key").chmod(0o644)
    with pytest.raises(ConfigError, match="chmod o="):
        KeySource(settings)()


def test_key_of_strange_letters(settings, tmp_path):
    """What is no key at all is refused by the name of its file, and not shown."""
    (tmp_path / "s.db.key").write_text("schlüssel")
    (tmp_path / "s.db.key").chmod(0o600)
    with pytest.raises(ConfigError, match=r"s\.db\.key: is not 32 bytes") as caught:
        KeySource(settings)()
    assert "schl" not in str(caught.value)


async def test_a_preview_uses_the_real_vault(settings, tmp_path):
    """A token that is renewed while a preview runs on its copy is kept all the same."""
    store = open_store(tmp_path / "s.db")
    async with real_runtime() as runtime:
        kernel = Kernel(settings, store, runtime, structlog.get_logger(), "a")
        trial = Kernel(settings, memory_store(), runtime, kernel.log, "b", lender=kernel)
        await trial.vault("books").keep(make_grant())
        assert await kernel.vault("books").grant() == make_grant()
        assert await trial.store.read(lambda c: c.execute(TOKEN.select()).all()) == []
    trial.store.close()
    store.close()

"""Keys of the vault: what `check` and `doctor` say of them before anything fails."""

import asyncio
import base64
import json

import pytest
import sqlalchemy as sa

from subledger.cli.exits import Exit
from subledger.cli.main import main
from subledger.store import open_store
from subledger.store.schema import TOKEN
from subledger.vault import Keyring

OLD, NEW = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))
VAULT = '[vault]\nkey = { env = "KEY" }\n'


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Runs a command with --json in an installation without connections; code and document."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KEY", OLD)
    (tmp_path / "subledger.toml").write_text(VAULT)

    def command(*arguments):
        code = main([*arguments, "--json"])
        out = capsys.readouterr().out
        assert OLD not in out
        return code, json.loads(out)

    return command


def keep(path, key, *, name="books"):
    """Stores a grant that is sealed with a key."""
    sealed = Keyring([base64.b64decode(key)]).seal(b"{}", name)
    row = sa.insert(TOKEN).values(connection=name, sealed=sealed, changed=0)

    async def write():
        store = open_store(path / "subledger.db")
        await store.tx(lambda c: c.execute(row).rowcount)
        store.close()

    asyncio.run(write())


def tokens(run):
    code, found = run("doctor")
    return code, {check["what"]: check for check in found["checks"]}.get("tokens")


def test_check_refuses_a_key_that_is_none(run, monkeypatch):
    """A key that nothing can be encrypted with is no sound configuration."""
    assert run("check")[0] == Exit.OK
    monkeypatch.setenv("KEY", "short")
    code, found = run("check")
    assert (code, found["problems"][0]["path"]) == (Exit.CONFIG, "vault.key")


def test_doctor_without_tokens_says_nothing_of_them(run, tmp_path):
    """Before a connection was authorised there is no line, also for an attempt under way."""
    assert tokens(run) == (Exit.OK, None)
    keep(tmp_path, NEW, name="consent:books")
    assert tokens(run) == (Exit.OK, None)


def test_doctor_tells_which_tokens_the_key_opens(run, tmp_path):
    """Tokens of this key are fine."""
    keep(tmp_path, OLD)
    code, check = tokens(run)
    assert (code, check["found"]) == (Exit.OK, "books: the key opens it")


def test_doctor_tells_when_an_old_key_is_still_needed(run, tmp_path, monkeypatch):
    """After a change of keys the doctor says whether the old one can go."""
    keep(tmp_path, OLD)
    monkeypatch.setenv("KEY", NEW)
    monkeypatch.setenv("KEY_OF_BEFORE", OLD)
    (tmp_path / "subledger.toml").write_text(f'{VAULT}old_keys = [{{ env = "KEY_OF_BEFORE" }}]\n')
    code, check = tokens(run)
    assert code == Exit.OK
    assert check["found"] == "books: encrypted with an old key"
    assert "old_keys" in check["advice"]


def test_doctor_tells_of_tokens_that_no_key_opens(run, tmp_path, monkeypatch):
    """A wrong key, and the file of a key that is gone, are named with the way out."""
    keep(tmp_path, OLD)
    monkeypatch.setenv("KEY", NEW)
    code, check = tokens(run)
    assert (code, check["found"]) == (Exit.FAILED, "books: none of the keys opens it")
    assert "subledger connect" in check["advice"]
    (tmp_path / "subledger.toml").write_text("")
    code, check = tokens(run)
    assert code == Exit.FAILED
    assert "subledger.db.key is missing" in check["found"]
    assert not (tmp_path / "subledger.db.key").exists()

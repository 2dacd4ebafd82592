"""Where the key comes from: the configuration, or a file beside the database."""

import base64
import binascii
import os
import secrets
import tempfile
from pathlib import Path

from attrs import define, field

from subledger.config import Settings
from subledger.errors import ConfigError, Problem
from subledger.secret import Secret
from subledger.vault.sealing import KEY_BYTES, Keyring


@define
class KeySource:
    """The ring of keys of an installation, read when it is first needed; it may be changed."""

    settings: Settings
    _ring: Keyring | None = field(default=None, init=False)

    def __call__(self) -> Keyring:
        """The ring. Raises :class:`ConfigError` where a key is not one."""
        if self._ring is None:
            vault = self.settings.vault
            first = _decoded("vault.key", vault.key) if vault.key else self._own()
            old = (_decoded(f"vault.old_keys[{n}]", key) for n, key in enumerate(vault.old_keys))
            self._ring = Keyring([first, *old])
        return self._ring

    def change(self, settings: Settings, ring: Keyring | None) -> None:
        """From now on the keys of other settings count; ``ring`` are they, where they were read."""
        self.settings, self._ring = settings, ring

    def _own(self) -> bytes:
        """The key in the file beside the database; made at the first need, for the owner only."""
        path = _path(self.settings)
        if not path.exists():
            _make(path)
        if os.name == "posix" and path.stat().st_mode & 0o007:
            problem = Problem(
                path=str(path),
                message="can be used by every user of this machine",
                hint=f"Run `chmod o= {path}`; connect again if somebody may have read it.",
            )
            raise ConfigError([problem])
        return _decoded(str(path), Secret(path.read_text(encoding="latin-1").strip()))


def _make(path: Path) -> None:
    """Writes a new key: whole or not at all, and never over the key of another process."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")  # for us only
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(name, path)  # as the last step, and never over a file that is there
        except FileExistsError:
            return
        except OSError:  # the disk knows no links
            Path(name).rename(path)
    finally:
        Path(name).unlink(missing_ok=True)


def _path(settings: Settings) -> Path:
    url = settings.store.url
    if not url.startswith("sqlite:///"):
        problem = Problem(
            path="vault.key",
            message="is missing: tokens are encrypted, and this database has no folder of its own",
            hint='Write key = {env = "SUBLEDGER_VAULT_KEY"}; `openssl rand -base64 32` makes one.',
        )
        raise ConfigError([problem])
    return Path(url.removeprefix("sqlite:///") + ".key")


def _decoded(where: str, text: Secret) -> bytes:
    try:
        key = base64.b64decode(text.reveal(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        problem = Problem(
            path=where,
            message=f"is not {KEY_BYTES} bytes in base64",
            hint="`openssl rand -base64 32` makes one.",
        )
        raise ConfigError([problem])
    return key

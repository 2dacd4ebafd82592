"""Whether the keys of an installation open what persons authorised; changes nothing."""

import sqlite3
from pathlib import Path

from attrs import frozen

from subledger.config import Settings
from subledger.errors import ConfigError
from subledger.vault import Keyring, KeySource

_GRANTS = "SELECT connection, sealed FROM token WHERE connection NOT LIKE 'consent:%'"


@frozen(kw_only=True)
class Tokens:
    """The connections of which a grant is stored, by what the keys do to it.

    ``opened`` are sealed with the first key, ``old`` with one of ``old_keys``, ``lost`` with none
    of them; ``why`` says what is wrong with the keys themselves.
    """

    opened: tuple[str, ...] = ()
    old: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    why: str = ""


def tokens(settings: Settings, database: Path) -> Tokens:
    """Looks at the stored grants of a SQLite database; one that is not there holds none."""
    sealed = _sealed(database)
    if not sealed:
        return Tokens()
    if settings.vault.key is None and not Path(f"{database}.key").exists():
        return Tokens(lost=tuple(sealed), why=f"{database}.key is missing")
    try:
        ring = KeySource(settings)()
    except ConfigError as error:
        return Tokens(lost=tuple(sealed), why="; ".join(map(str, error.problems)))
    newest = Keyring(ring.keys[:1])
    opened = {name for name, text in sealed.items() if newest.opens(text, name)}
    known = {name for name, text in sealed.items() if ring.opens(text, name)}
    return Tokens(
        opened=tuple(sorted(opened)),
        old=tuple(sorted(known - opened)),
        lost=tuple(sorted(sealed.keys() - known)),
    )


def _sealed(database: Path) -> dict[str, bytes]:
    try:
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            return dict(connection.execute(_GRANTS))
    except sqlite3.Error:  # the database is judged elsewhere
        return {}

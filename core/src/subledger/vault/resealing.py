"""Other keys: takes those of new settings, and seals what is stored anew with the first of them."""

from typing import Any

import sqlalchemy as sa
from attrs import frozen

from subledger.config import Settings
from subledger.errors import ConfigError
from subledger.ledger import leases
from subledger.runtime import Runtime
from subledger.store import Store
from subledger.store.moments import to_ms
from subledger.store.schema import TOKEN
from subledger.vault.keys import KeySource
from subledger.vault.sealing import Keyring
from subledger.vault.store import ATTEMPT, lease_of


@frozen(kw_only=True)
class Resealed:
    """What became of the stored grants, by connection.

    ``anew`` are sealed with the first key now. ``shut`` are those that the new keys do not open;
    the keys of before stay where they opened more (``refused``).
    """

    anew: tuple[str, ...] = ()
    shut: tuple[str, ...] = ()
    refused: bool = False


async def take_keys(
    store: Store, runtime: Runtime, log: Any, source: KeySource, settings: Settings
) -> None:
    """Lets the keys of ``settings`` count, unless a stored grant would be lost with them.

    The log tells what became of it; nothing is raised for keys that are none.
    """

    def change(c: sa.Connection) -> Resealed:
        return reseal(c, source, settings, to_ms(runtime.now()))

    try:
        done = await store.tx(change)
    except ConfigError as error:
        log.error("vault_keys_refused", why=str(error))  # noqa: TRY400 - the sentence says it
        return
    if done.refused:
        why = "the new keys do not open what these connections were authorised with"
        hint = "Put the key of before into old_keys under [vault]. Until then it stays in use."
        log.error("vault_keys_refused", connections=done.shut, why=why, hint=hint)
    elif done.shut:
        hint = "Set the key that they were encrypted with under [vault], or connect them again."
        log.error("tokens_not_decrypted", connections=done.shut, hint=hint)
    if done.anew:
        log.info("tokens_sealed_anew", connections=done.anew)


def reseal(c: sa.Connection, source: KeySource, settings: Settings, now: int) -> Resealed:
    """Changes the keys and seals all grants with the first one; one that is being renewed is not.

    Raises :class:`ConfigError` for keys that are none.
    """
    rows = {row.connection: row.sealed for row in c.execute(sa.select(TOKEN))}
    if not rows and settings.vault.key is None:
        source.change(settings, None)  # no key is made before it is needed
        return Resealed()
    ring = KeySource(settings)()
    shut = tuple(sorted(name for name in rows if _lost(ring, rows, name)))
    former = _former(source) if shut else None
    if former is not None and not all(_lost(former, rows, name) for name in shut):
        return Resealed(shut=shut, refused=True)
    anew = [name for name in sorted(rows) if _reseal(c, ring, name, rows[name], now)]
    source.change(settings, ring)
    return Resealed(anew=tuple(anew), shut=shut)


def _former(source: KeySource) -> Keyring | None:
    """The keys of before; None where they are none."""
    try:
        return source()
    except ConfigError:
        return None


def _lost(ring: Keyring, rows: dict[str, bytes], name: str) -> bool:
    """Whether a grant is not opened; an attempt to connect is over soon by itself."""
    return not name.startswith(ATTEMPT) and not ring.opens(rows[name], name)


def _reseal(c: sa.Connection, ring: Keyring, name: str, sealed: bytes, now: int) -> bool:
    if ring.has_sealed(sealed) or not ring.opens(sealed, name):
        return False
    if leases.holder(c, lease_of(name), now) is not None:
        return False  # whoever renews it has read it, and seals what comes
    anew = ring.seal(ring.open(sealed, name), name)
    c.execute(sa.update(TOKEN).where(TOKEN.c.connection == name).values(sealed=anew))
    return not name.startswith(ATTEMPT)

"""The store of grants: sealed rows, renewed by one caller at a time in all processes."""

import asyncio
import datetime as dt
import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

import sqlalchemy as sa
from attrs import define, field

from subledger.errors import AuthenticationError, Fenced
from subledger.ledger import leases
from subledger.ledger.upsert import upsert
from subledger.observe import redact
from subledger.ports import Grant
from subledger.runtime import Runtime
from subledger.secret import Secret
from subledger.store import Store
from subledger.store.moments import to_ms
from subledger.store.schema import TOKEN
from subledger.vault.sealing import Keyring

RENEWAL: Final = 120_000
"""Milliseconds that one renewal may take before another process may try."""
ATTEMPT: Final = "consent:"
"""Begins the name under which an attempt to connect is kept beside the grants."""
_PAUSE: Final = 0.25
_BUSY: Final = b""
_PUT = upsert(TOKEN, "sealed", "changed")
_GET = sa.select(TOKEN.c.sealed).where(TOKEN.c.connection == sa.bindparam("of_connection"))
_MOMENTS: Final = ("expires", "refresh_expires", "reconnect_by")


def lease_of(connection: str) -> str:
    """The lease under which the grant of a connection is renewed."""
    return f"token:{connection}"


@define
class SqlVault:
    """The :class:`subledger.ports.Vault` of one connection; one object in a process.

    Tokens that it hands out are masked in the log by value. What is written is sealed in the
    transaction that writes it, so that nothing is sealed with keys that have just been replaced.
    """

    connection: str
    store: Store
    runtime: Runtime
    keys: Callable[[], Keyring]
    owner: str
    _turn: asyncio.Lock = field(factory=asyncio.Lock, init=False)

    async def grant(self) -> Grant | None:
        """The newest grant. Raises :class:`Unsealable` where no key opens it."""
        sealed = await self.store.tx(self._read)
        return None if sealed is None else self._masked(self._opened(sealed))

    async def keep(self, grant: Grant) -> None:
        """Stores a grant durably; it may be used once this returns."""
        await self.store.tx(self._write, self._masked(grant))

    async def renewed(self, stale: Grant, renew: Callable[[Grant], Awaitable[Grant]]) -> Grant:
        """A grant newer than ``stale``: another's if somebody has renewed it, else ``renew``'s.

        Raises :class:`AuthenticationError` where there is none, also where it was given up while
        it was being renewed.
        """
        async with self._turn:
            while True:
                known = await self.grant()
                if known is not None and known.access != stale.access:
                    return known
                epoch = await self.store.tx(
                    leases.take, self._lease, self.owner, self._now(), RENEWAL
                )
                if epoch is None:
                    await self.runtime.sleep(_PAUSE)
                    continue
                try:
                    return await self._renew(stale, renew, epoch)
                finally:
                    await self.store.tx(leases.give_back, self._lease, epoch)

    async def forget(self) -> None:
        """Removes the grant."""
        gone = sa.delete(TOKEN).where(TOKEN.c.connection == self.connection)
        await self.store.tx(lambda c: c.execute(gone))

    async def _renew(
        self, stale: Grant, renew: Callable[[Grant], Awaitable[Grant]], epoch: int
    ) -> Grant:
        before = self._opened(await self.store.tx(self._read))
        if before.access != stale.access:
            return self._masked(before)
        fresh = self._masked(await renew(self._masked(before)))
        while (stored := await self.store.tx(self._replace, before, fresh, epoch)) is _BUSY:
            await self.runtime.sleep(_PAUSE)
        return self._masked(self._opened(stored))

    def _opened(self, sealed: bytes | None) -> Grant:
        if sealed is None:
            raise AuthenticationError(
                f"{self.connection} is not connected.",
                hint=f"Run `subledger connect {self.connection}`.",
            )
        return _load(self.keys().open(sealed, self.connection))

    def _masked(self, grant: Grant) -> Grant:
        """The grant, which no log line shows from now on."""
        redact.mask_for(f"grant of {self.connection}", (grant.access, grant.refresh))
        return grant

    @property
    def _lease(self) -> str:
        return lease_of(self.connection)

    def _now(self) -> int:
        return to_ms(self.runtime.now())

    def _read(self, c: sa.Connection) -> bytes | None:
        found: bytes | None = c.execute(_GET, {"of_connection": self.connection}).scalar()
        return found

    def _write(self, c: sa.Connection, grant: Grant) -> bytes:
        sealed = self.keys().seal(_dump(grant), self.connection)
        c.execute(_PUT, {"connection": self.connection, "sealed": sealed, "changed": self._now()})
        return sealed

    def _replace(self, c: sa.Connection, before: Grant, fresh: Grant, epoch: int) -> bytes | None:
        """What is stored then: ours, unless a person connected or disconnected meanwhile.

        Who was overtaken waits for the other: it may have a newer one, or none.
        """
        try:
            leases.renew(c, self._lease, epoch, self._now(), RENEWAL)
        except Fenced:
            if leases.holder(c, self._lease, self._now()) is not None:
                return _BUSY
        stored = self._read(c)
        if stored is None or not _same(self._opened(stored), before):
            return stored
        return self._write(c, fresh)


def _same(one: Grant, other: Grant) -> bool:
    return (one.access, one.refresh) == (other.access, other.refresh)


def _dump(grant: Grant) -> bytes:
    values: dict[str, Any] = {
        "access": grant.access.reveal(),
        "refresh": grant.refresh.reveal(),
        "facts": dict(grant.facts),
    }
    for name in _MOMENTS:
        moment = getattr(grant, name)
        values[name] = moment.isoformat() if moment else None
    return json.dumps(values).encode()


def _load(text: bytes) -> Grant:
    values = json.loads(text)
    return Grant(
        access=Secret(values["access"]),
        refresh=Secret(values["refresh"]),
        expires=dt.datetime.fromisoformat(values["expires"]),
        refresh_expires=_moment(values["refresh_expires"]),
        reconnect_by=_moment(values["reconnect_by"]),
        facts=values["facts"],
    )


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None

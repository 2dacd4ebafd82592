"""A vault in memory, for tests of connectors and for simulations."""

import asyncio
from collections.abc import Awaitable, Callable

from attrs import define, field

from subledger.errors import AuthenticationError
from subledger.ports import Grant


@define
class MemoryVault:
    """The :class:`subledger.ports.Vault` of one connection, kept in memory only."""

    kept: Grant | None = None
    _turn: asyncio.Lock = field(factory=asyncio.Lock, init=False)

    async def grant(self) -> Grant | None:
        """The newest grant."""
        return self.kept

    async def keep(self, grant: Grant) -> None:
        """Keeps a grant."""
        self.kept = grant

    async def renewed(self, stale: Grant, renew: Callable[[Grant], Awaitable[Grant]]) -> Grant:
        """A grant newer than ``stale``; one caller renews, the others get what it got.

        Raises :class:`AuthenticationError` where there is none.
        """
        async with self._turn:
            known = self._known()
            if known.access != stale.access:
                return known
            fresh = await renew(known)
            now = self._known()
            if (now.access, now.refresh) == (known.access, known.refresh):
                self.kept = fresh
            return self._known()

    async def forget(self) -> None:
        """Removes the grant."""
        self.kept = None

    def _known(self) -> Grant:
        if self.kept is None:
            raise AuthenticationError("It is not connected.", hint="Connect it again.")
        return self.kept

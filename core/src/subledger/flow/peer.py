"""What the kernel lends to a peer: durable steps under the connection's lease."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import sqlalchemy as sa
from attrs import define

from subledger.flow.desk import SqlDesk, Take, always, nobody
from subledger.ledger import leases
from subledger.ledger.upsert import upsert
from subledger.ports import Desk
from subledger.runtime import Runtime
from subledger.store import Store
from subledger.store.moments import to_ms
from subledger.store.schema import CONNECTION

T = TypeVar("T")

_SEEN = upsert(CONNECTION, "last_seen")


@define
class KernelPeer:
    """The :class:`subledger.ports.PeerContext` of one connection."""

    connection: str
    runtime: Runtime
    log: Any
    store: Store
    plan: Callable[[str], Awaitable[bool]]
    wire_log: Callable[[str, bytes], None] | None = None
    staged: Callable[[sa.Connection, str], bool] = always
    take: Take = nobody

    @property
    def _lease(self) -> str:
        return f"connection:{self.connection}"

    def _desk(self, c: sa.Connection) -> SqlDesk:
        return SqlDesk(c, self.connection, to_ms(self.runtime.now()), self.staged, self.take)

    async def enter(
        self, owner: str, lease: float, step: Callable[[Desk, int], T]
    ) -> tuple[int, T] | None:
        """Takes the connection and runs a step in the same transaction.

        The other side is there: it has called us, and knows the password.
        """
        return await self._take(owner, lease, step, heard=True)

    async def call(
        self, owner: str, lease: float, step: Callable[[Desk, int], T]
    ) -> tuple[int, T] | None:
        """As :meth:`enter`, where we call the other side: nobody knows yet whether it answers."""
        return await self._take(owner, lease, step, heard=False)

    async def _take(
        self, owner: str, lease: float, step: Callable[[Desk, int], T], *, heard: bool
    ) -> tuple[int, T] | None:
        lasts = int(lease * 1000)

        def work(c: sa.Connection) -> tuple[int, T] | None:
            desk = self._desk(c)
            if heard:
                c.execute(_SEEN, {"name": self.connection, "last_seen": desk.now_ms})
            epoch = leases.next_epoch(c, self._lease, desk.now_ms)
            if epoch is None:
                return None
            result = step(desk, epoch)
            if result is not None:
                leases.take(c, self._lease, owner, desk.now_ms, lasts)
            return epoch, result

        return await self.store.step(work)

    async def step(self, epoch: int, lease: float, step: Callable[[Desk], T]) -> T:
        """Runs a step and renews the lease. Raises :class:`Fenced` when the epoch has passed."""
        lasts = int(lease * 1000)

        def work(c: sa.Connection) -> T:
            desk = self._desk(c)
            leases.renew(c, self._lease, epoch, desk.now_ms, lasts)
            return step(desk)

        return await self.store.step(work)

    async def note(self, step: Callable[[Desk], T]) -> T:
        """Runs a step without the lease."""
        return await self.store.step(lambda c: step(self._desk(c)))

    async def leave(self, epoch: int, step: Callable[[Desk], T]) -> T:
        """Runs a last step and gives the lease back."""
        return await self._give_back(epoch, step, heard=False)

    async def answered(self, epoch: int, step: Callable[[Desk], T]) -> T:
        """As :meth:`leave`, after the other side has answered."""
        return await self._give_back(epoch, step, heard=True)

    async def _give_back(self, epoch: int, step: Callable[[Desk], T], *, heard: bool) -> T:
        def work(c: sa.Connection) -> T:
            desk = self._desk(c)
            leases.renew(c, self._lease, epoch, 0, 0)
            if heard:
                c.execute(_SEEN, {"name": self.connection, "last_seen": desk.now_ms})
            return step(desk)

        return await self.store.step(work)

    async def prepare(self) -> bool:
        """Plans what is staged for this sink; True while more is left to plan."""
        return await self.plan(self.connection)

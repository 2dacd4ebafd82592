"""Leases with an epoch: one holder at a time, and a holder that was superseded writes nothing."""

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from subledger.errors import Fenced
from subledger.store.schema import LEASE

_FRESH = sqlite.insert(LEASE).on_conflict_do_nothing().returning(LEASE.c.epoch)
_TAKE = (
    sa.update(LEASE)
    .where(LEASE.c.name == sa.bindparam("lease"), LEASE.c.until < sa.bindparam("now"))
    .values(owner=sa.bindparam("who"), until=sa.bindparam("end"), epoch=LEASE.c.epoch + 1)
    .returning(LEASE.c.epoch)
)
_LOOK = sa.select(LEASE.c.epoch, LEASE.c.until).where(LEASE.c.name == sa.bindparam("lease"))
_RENEW = (
    sa.update(LEASE)
    .where(LEASE.c.name == sa.bindparam("lease"), LEASE.c.epoch == sa.bindparam("mine"))
    .values(until=sa.bindparam("end"))
)


def take(c: sa.Connection, name: str, owner: str, now: int, lasts: int) -> int | None:
    """The new epoch, or None while somebody else holds the lease. Times in milliseconds."""
    end = now + lasts
    epoch: int | None = c.execute(
        _TAKE, {"lease": name, "now": now, "who": owner, "end": end}
    ).scalar()
    if epoch is None:
        epoch = c.execute(_FRESH, {"name": name, "owner": owner, "epoch": 1, "until": end}).scalar()
    return epoch


def next_epoch(c: sa.Connection, name: str, now: int) -> int | None:
    """The epoch that :func:`take` would give; None while somebody holds the lease."""
    found = c.execute(_LOOK, {"lease": name}).first()
    if found is None:
        return 1
    return None if found.until >= now else int(found.epoch) + 1


def renew(c: sa.Connection, name: str, epoch: int, now: int, lasts: int) -> None:
    """Prolongs a lease that is still ours. Raises :class:`Fenced` when the epoch has passed.

    While less than a tenth of it is gone it is only looked at: nothing has to reach the disk.
    """
    end = now + lasts
    if lasts:
        found = c.execute(_LOOK, {"lease": name}).first()
        if found is not None and found.epoch == epoch and 0 <= end - found.until <= lasts // 10:
            return
    renewed = c.execute(_RENEW, {"lease": name, "mine": epoch, "end": end})
    if renewed.rowcount != 1:
        raise Fenced(f"somebody else works on {name} now")


def give_back(c: sa.Connection, name: str, epoch: int) -> None:
    """Ends a lease early; does nothing when it is not ours any more."""
    c.execute(_RENEW, {"lease": name, "mine": epoch, "end": 0})


def holder(c: sa.Connection, name: str, now: int) -> str | None:
    """Who holds a lease right now."""
    return c.execute(
        sa.select(LEASE.c.owner).where(LEASE.c.name == name, LEASE.c.until >= now)
    ).scalar()


_HELD = sa.select(LEASE.c.name, LEASE.c.owner).where(LEASE.c.until >= sa.bindparam("now"))
_FREE = (
    sa.update(LEASE)
    .where(LEASE.c.name == sa.bindparam("lease"), LEASE.c.owner == sa.bindparam("gone"))
    .values(until=0)
)


def free(c: sa.Connection, has_ended: Callable[[str], bool], now: int) -> list[str]:
    """Ends the leases of owners that have ended; their names.

    Whoever takes one of them gets the next epoch, as ever: should the owner be there after all, it
    is fenced.
    """
    freed = [row for row in c.execute(_HELD, {"now": now}) if has_ended(row.owner)]
    for row in freed:
        c.execute(_FREE, {"lease": row.name, "gone": row.owner})
    return sorted(row.name for row in freed)

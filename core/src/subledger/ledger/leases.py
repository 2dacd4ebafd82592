"""Leases with an epoch: one holder at a time, and a holder that was superseded writes nothing."""

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


def renew(c: sa.Connection, name: str, epoch: int, now: int, lasts: int) -> None:
    """Prolongs a lease that is still ours. Raises :class:`Fenced` when the epoch has passed."""
    renewed = c.execute(_RENEW, {"lease": name, "mine": epoch, "end": now + lasts})
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

"""Each guard of a sink that the kernel calls, switched off at one named place."""

import attrs
import sqlalchemy as sa

from subledger.flow.desk import SqlDesk
from subledger.ledger.effects import State
from subledger.store.schema import EFFECT
from subledger.vault import SqlVault
from subledger_quickbooks_online.client import Client
from subledger_quickbooks_online.recovery import Recovery


def requestid(patch):
    """Writes go out without an idempotency key."""
    attempt = Client._attempt

    async def keyless(client, request, *given, **more):
        return await attempt(client, attrs.evolve(request, key=""), *given, **more)

    patch.setattr(Client, "_attempt", keyless)


def find(patch):
    """A lost write is repeated without a look at the books."""

    async def nothing(*_given):
        return None

    patch.setattr(Recovery, "_created", nothing)


def intent(patch):
    """That a document is sent is not written down before it is sent."""
    claim = SqlDesk.claim_many

    def forgetful(desk, *given, **more):
        claimed = claim(desk, *given, **more)
        sent = [delivery.effect for delivery in claimed]
        planned = sa.update(EFFECT).where(EFFECT.c.id.in_(sent)).values(state=State.PLANNED)
        desk.c.execute(planned)
        return claimed

    patch.setattr(SqlDesk, "claim_many", forgetful)


def look(patch):
    """The flow posts for the first time before the books have told what they hold."""
    patch.setattr("subledger.flow.duplicates.has_looked", lambda *_given: True)


def kept_first(patch):
    """A new grant is used without being stored."""

    async def in_mind_only(_vault, stale, renew, _epoch):
        return await renew(stale)

    patch.setattr(SqlVault, "_renew", in_mind_only)


def single_flight(patch):
    """Everybody renews a grant that has run out, without waiting for a turn."""

    async def at_once(vault, stale, renew):
        fresh = await renew(stale)
        await vault.keep(fresh)
        return fresh

    patch.setattr(SqlVault, "renewed", at_once)

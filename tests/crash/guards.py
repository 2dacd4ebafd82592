"""Each guard of exactly once, switched off at one named place: the harness must notice."""

import secrets
from contextlib import contextmanager

import attrs
import sqlalchemy as sa

from subledger.flow.desk import SqlDesk
from subledger.flow.intake import store_page
from subledger.flow.peer import KernelPeer
from subledger.ledger.effects import State
from subledger.ledger.upsert import upsert
from subledger.ports import Absent, Unknown
from subledger.store.moments import to_ms
from subledger.store.schema import EFFECT, FLOW, POSTING


def key(patch):
    """Every attempt to plan a write makes up a new idempotency key."""
    patch.setattr(
        "subledger.ledger.effects.idempotency_key",
        lambda *_parts, **_more: secrets.token_hex(13),
    )


def fence(patch):
    """A lease that has passed to somebody else is not noticed."""
    patch.setattr("subledger.ledger.leases.renew", lambda *_given: None)


def intent(patch):
    """That a document is sent is remembered in the process only, not in the store."""
    memories = {}

    def forgetful(peer, c):
        _, memory = memories.setdefault(id(peer), (peer, {}))
        return _ForgetfulDesk(c, peer.connection, to_ms(peer.runtime.now()), memory=memory)

    patch.setattr(KernelPeer, "_desk", forgetful)


@attrs.define(kw_only=True)
class _ForgetfulDesk(SqlDesk):
    memory: dict

    def claim(self, render):
        claimed = super().claim(render)
        if claimed is not None:
            self.memory["sent"] = claimed
            planned = sa.update(EFFECT).values(state=State.PLANNED)
            self.c.execute(planned.where(EFFECT.c.id == claimed.effect))
        return claimed

    def outstanding(self):
        return self.memory.get("sent")

    def settle(self, effect, outcome):
        self.memory.clear()
        super().settle(effect, outcome)


def cursor(patch):
    """The cursor is committed before the records that it covers."""

    def in_two_steps(c, flow, *given, cursor, **more):
        c.execute(sa.update(FLOW).where(FLOW.c.name == flow).values(cursor=cursor))
        c.exec_driver_sql("COMMIT")
        c.exec_driver_sql("BEGIN IMMEDIATE")
        return store_page(c, flow, *given, cursor=cursor, **more)

    patch.setattr("subledger.flow.intake.store_page", in_two_steps)


def message_set(patch):
    """A lost answer is taken for a document that is not there: it is sent under a new id."""
    settle = SqlDesk.settle

    def hasty(desk, effect, outcome):
        lost = isinstance(outcome, Unknown)
        settle(desk, effect, Absent(outcome.reason) if lost else outcome)

    patch.setattr(SqlDesk, "settle", hasty)


def sticky(patch):
    """What a person undid is judged again when its source changes it."""
    columns = ("state", "version", "finding", "amount", "currency", "date", "changed")
    patch.setattr("subledger.ledger.records._PUT_POSTING", upsert(POSTING, *columns))


def meanwhile(patch):
    """What becomes of a record while its document is on its way is not judged anew afterwards."""
    patch.setattr("subledger.flow.settlement._DONE", ())


@contextmanager
def without(guard, patch):
    """The guard is off in here."""
    with patch.context() as inner:
        guard(inner)
        yield

"""The tables. Dates are ISO text, moments milliseconds in UTC, money minor units."""

import sqlalchemy as sa
from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, Table, Text

METADATA = sa.MetaData()


@sa.event.listens_for(METADATA, "before_create")
def _conditions(metadata: sa.MetaData, connection: sa.Connection, **_more: object) -> None:
    """Gives PostgreSQL the conditions of the indexes: its dialect is loaded only where it is used.

    An index that names a condition for a dialect imports that dialect at once.
    """
    if connection.dialect.name != "postgresql":
        return
    for table in metadata.tables.values():
        for index in table.indexes:
            condition = index.dialect_options["sqlite"]["where"]
            index.dialect_options["postgresql"]["where"] = condition


def _text(name: str, *, key: bool = False, default: str | None = "") -> Column[str]:
    if key:
        return Column(name, Text, primary_key=True)
    return Column(name, Text, nullable=default is None, server_default=default)


def _moment(name: str) -> Column[int]:
    return Column(name, BigInteger)


def _amount() -> tuple[Column[int], Column[str]]:
    return Column("amount", BigInteger), Column("currency", Text, server_default="")


RECORD = Table(
    "record",
    METADATA,
    _text("connection", key=True),
    _text("kind", key=True),
    _text("id", key=True),
    Column("version", Text, nullable=False),
    Column("entity", Text, nullable=False),
    *_amount(),
    _text("date"),
    _moment("first_seen"),
    _moment("changed"),
    sqlite_with_rowid=False,
)
"""The newest version of every source record."""

POSTING = Table(
    "posting",
    METADATA,
    _text("flow", key=True),
    _text("kind", key=True),
    _text("id", key=True),
    Column("state", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("finding", Integer),
    *_amount(),
    _text("date"),
    _text("account"),
    _moment("changed"),
    _text("needs"),
    sqlite_with_rowid=False,
)
"""What a flow decided about a record; ``needs`` is ``kind/id`` of the record that blocks it."""
Index(
    "posting_blocked",
    POSTING.c.needs,
    sqlite_where=POSTING.c.state == "blocked",
)
Index(
    "posting_open",
    POSTING.c.flow,
    POSTING.c.state,
    POSTING.c.finding,
    sqlite_where=POSTING.c.state.not_in(["posted", "skipped"]),
)

EFFECT = Table(
    "effect",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("connection", Text, nullable=False),
    Column("flow", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("operation", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("generation", Integer, nullable=False, server_default="0"),
    Column("state", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("entity", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    *_amount(),
    _text("date"),
    _text("account"),
    Column("waits_for", Integer),
    Column("review", Boolean, nullable=False, server_default=sa.false()),
    _moment("not_before"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("epoch", Integer),
    Column("payload", LargeBinary),
    _text("type"),
    _text("target"),
    _text("guard"),
    _text("code"),
    _text("message"),
    _moment("planned_at"),
    _moment("sent_at"),
    _moment("settled_at"),
    _text("batch"),
    Column("place", Integer, nullable=False, server_default="0"),
    sa.UniqueConstraint("connection", "key", name="effect_key"),
)
"""The ledger of effects: one row an intended write, kept for ever."""
_OPEN = EFFECT.c.state.in_(["planned", "sent", "unknown"])
Index(
    "effect_open",
    EFFECT.c.connection,
    EFFECT.c.state,
    EFFECT.c.priority,
    EFFECT.c.id,
    sqlite_where=_OPEN,
)
Index(
    "effect_waiting",
    EFFECT.c.waits_for,
    sqlite_where=EFFECT.c.waits_for.is_not(None),
)
Index("effect_record", EFFECT.c.flow, EFFECT.c.kind, EFFECT.c.record)

LINK = Table(
    "link",
    METADATA,
    _text("connection", key=True),
    _text("source", key=True),
    _text("kind", key=True),
    _text("id", key=True),
    Column("type", Text, nullable=False),
    Column("target", Text, nullable=False),
    _text("guard"),
    Column("fingerprint", Text, nullable=False),
    *_amount(),
    _text("date"),
    _text("account"),
    Column("effect", Integer, nullable=False),
    _moment("linked_at"),
    sa.UniqueConstraint("connection", "type", "target", "source", name="link_target"),
    sqlite_with_rowid=False,
)
"""Source record <-> document in the books."""
Index("link_date", LINK.c.connection, LINK.c.account, LINK.c.date)

ENTRY = Table(
    "entry",
    METADATA,
    _text("connection", key=True),
    _text("kind", key=True),
    _text("id", key=True),
    Column("name", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    _text("subtype"),
    _text("guard"),
    _text("number"),
    _text("email"),
    sqlite_with_rowid=False,
)
"""List entries of the books."""

DOCUMENT = Table(
    "document",
    METADATA,
    _text("connection", key=True),
    _text("account", key=True),
    _text("type", key=True),
    _text("id", key=True),
    Column("date", Text, nullable=False),
    *_amount(),
    _text("guard"),
    _text("key"),
    _text("number"),
    _text("memo"),
    _text("party"),
    Column("deleted", Boolean, nullable=False),
    Column("question", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""Documents read back from the books, by the account that was asked about.

``question`` is the read that saw them last, ``amount`` the change of that account.
"""
Index("document_period", DOCUMENT.c.connection, DOCUMENT.c.account, DOCUMENT.c.date)
Index("document_target", DOCUMENT.c.connection, DOCUMENT.c.type, DOCUMENT.c.id)

QUESTION = Table(
    "question",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("connection", Text, nullable=False),
    Column("query", Text, nullable=False),
    _text("since"),
    _text("until"),
    _text("account"),
    _text("position"),
    Column("state", Text, nullable=False),
    _moment("asked"),
    _moment("answered"),
    _text("flow"),
    _text("kinds"),
    _text("whole"),
)
"""Reads that wait for a sink; those for records belong to the ``flow`` that asked."""
Index(
    "question_open",
    QUESTION.c.connection,
    QUESTION.c.id,
    sqlite_where=QUESTION.c.state == "open",
)
Index(
    "question_documents",
    QUESTION.c.connection,
    QUESTION.c.account,
    QUESTION.c.asked,
    sqlite_where=QUESTION.c.query == "documents",
)

NOTE = Table(
    "note",
    METADATA,
    _text("connection", key=True),
    _text("name", key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""A connector's own durable memory."""

TOKEN = Table(
    "token",
    METADATA,
    _text("connection", key=True),
    Column("sealed", LargeBinary, nullable=False),
    _moment("changed"),
    sqlite_with_rowid=False,
)
"""What a person authorised, encrypted; see :mod:`subledger.vault`."""

LEASE = Table(
    "lease",
    METADATA,
    _text("name", key=True),
    _text("owner"),
    Column("epoch", Integer, nullable=False),
    Column("until", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""Who may write for a flow or a connection; the epoch only grows."""

CONNECTION = Table(
    "connection",
    METADATA,
    _text("name", key=True),
    Column("books_version", Integer, nullable=False, server_default="0"),
    _text("closing_date"),
    Column("lists_read", BigInteger),
    _text("paused"),
    Column("last_seen", BigInteger),
    sqlite_with_rowid=False,
)
"""What the kernel knows about a connection."""

FLOW = Table(
    "flow",
    METADATA,
    _text("name", key=True),
    Column("cursor", Text),
    _text("since"),
    _text("prepared_with"),
    Column("next_due", BigInteger),
    Column("started", BigInteger),
    Column("finished", BigInteger),
    Column("paused", Boolean, nullable=False, server_default=sa.false()),
    _text("error"),
    _text("asked_by"),
    sqlite_with_rowid=False,
)
"""Position and schedule of a flow; ``asked_by`` who wants it to run before its time."""

FINDING = Table(
    "finding",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("flow", Text, nullable=False),
    Column("connection", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("message", Text, nullable=False),
    _text("hint"),
    _text("detail"),
    Column("state", Text, nullable=False),
    _moment("first_seen"),
    _moment("last_seen"),
    sa.UniqueConstraint("flow", "connection", "category", "subject", name="finding_subject"),
)
"""What a person should see; records point at it by ``posting.finding``."""

RUN = Table(
    "run",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("flow", Text, nullable=False),
    Column("trigger", Text, nullable=False),
    Column("state", Text, nullable=False),
    _moment("started"),
    _moment("finished"),
    Column("read", Integer, nullable=False, server_default="0"),
    Column("changed", Integer, nullable=False, server_default="0"),
    Column("planned", Integer, nullable=False, server_default="0"),
    _text("message"),
)
"""Executions of a flow."""
Index("run_flow", RUN.c.flow, RUN.c.id)

HISTORY = Table(
    "history",
    METADATA,
    Column("id", Integer, primary_key=True),
    _moment("at"),
    Column("who", Text, nullable=False),
    Column("action", Text, nullable=False),
    _text("flow"),
    _text("connection"),
    _text("kind"),
    _text("record"),
    Column("effect", Integer),
    _text("detail"),
)
"""Append-only audit trail: who or what did which, when."""

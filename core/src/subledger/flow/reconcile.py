"""Reconciliation: the documents read back from the books, compared with what was posted."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from attrs import asdict, evolve, field, frozen

from subledger.findings import Finding
from subledger.ledger import findings, notes
from subledger.ledger.effects import State
from subledger.manifest import Operation
from subledger.money import Money
from subledger.store.schema import DOCUMENT, EFFECT, FINDING, HISTORY, LINK, POSTING, QUESTION

_Seen = Mapping[tuple[str, str], sa.Row[Any]]
"""What the books showed, by type and identifier."""


@frozen(kw_only=True)
class Comparison:
    """The result for one account and period. Amounts are signed changes of the account.

    They are in the currency of what was posted; documents in another one are counted only.

    ``foreign`` are documents in the books that are not ours; ``removed`` those that we voided, and
    that the books go on showing with nothing in them; ``elsewhere`` those that we posted for the
    sake of another account, and that touch this one: payments on the account of the money.
    """

    connection: str
    account: str
    since: str
    until: str
    posted: int
    posted_total: Money
    books_total: Money
    matched: int
    missing: tuple[str, ...]
    doubled: tuple[str, ...]
    changed: tuple[str, ...]
    deleted: tuple[str, ...]
    foreign: int
    foreign_total: Money
    removed: int = 0
    elsewhere: int = 0
    elsewhere_total: Money = field(default=Money(0))
    made: int | None = None
    """When it was made, in milliseconds since 1970; None where it was stored without the moment."""

    @property
    def agrees(self) -> bool:
        """Whether the books hold exactly what was posted."""
        return not (self.missing or self.doubled or self.changed or self.deleted)


def compare(c: sa.Connection, question: int, now: int) -> Comparison | None:
    """Compares what the answered question saw with the links, and writes findings."""
    asked = c.execute(sa.select(QUESTION).where(QUESTION.c.id == question)).first()
    if asked is None:
        return None
    links = c.execute(
        sa.select(LINK).where(
            LINK.c.connection == asked.connection,
            LINK.c.account == asked.account,
            LINK.c.date >= asked.since,
            LINK.c.date <= asked.until,
        )
    ).all()
    seen = {
        (row.type, row.id): row
        for row in c.execute(
            sa.select(DOCUMENT).where(
                DOCUMENT.c.connection == asked.connection, DOCUMENT.c.question == question
            )
        )
    }
    for link in links:
        if link.linked_at > asked.asked:  # posted while the books were being read
            seen.pop((link.type, link.target), None)
    links = [link for link in links if link.linked_at <= asked.asked]
    elsewhere = _elsewhere(c, asked, seen, {(link.type, link.target) for link in links})
    removed = _removed(c, asked.connection, seen)
    comparison = evolve(_compare(asked, links, seen, removed, elsewhere), made=now)
    troubles = _troubles(c, asked.connection)
    for link in links:
        _judge(c, link, seen, asked, troubles=troubles, now=now)
    _report_doubled(c, asked, comparison.doubled, now)
    notes.remember(c, asked.connection, _note(asked.account), _summary(comparison))
    c.execute(sa.update(QUESTION).where(QUESTION.c.id == question).values(state="compared"))
    return comparison


def last(c: sa.Connection, connection: str, account: str) -> Comparison | None:
    """The newest comparison of an account; the server makes one by itself once a day."""
    values = dict(notes.recall(c, connection, _note(account)))
    if not values:
        return None
    currency = values.pop("currency", "USD")
    for name in _MONEY:
        values[name] = Money(values.get(name, 0), currency)
    for name in _LABELS:
        values[name] = tuple(values[name])
    return Comparison(**values)


_MONEY = ("posted_total", "books_total", "foreign_total", "elsewhere_total")
_LABELS = ("missing", "doubled", "changed", "deleted")


def _note(account: str) -> str:
    return f"comparison of {account}"


def _summary(comparison: Comparison) -> dict[str, Any]:
    values = asdict(comparison, recurse=False)
    minor = {name: values[name].minor for name in _MONEY}
    return {**values, **minor, "currency": comparison.books_total.currency}


def _removed(c: sa.Connection, connection: str, seen: _Seen) -> frozenset[tuple[str, str]]:
    """Documents that move nothing any more, because we voided or deleted them."""
    empty = {key for key, row in seen.items() if not row.amount}
    if not empty:
        return frozenset()
    rows = c.execute(
        sa.select(EFFECT.c.type, EFFECT.c.target).where(
            EFFECT.c.connection == connection,
            EFFECT.c.operation.in_([Operation.VOID, Operation.DELETE]),
            EFFECT.c.state == State.SETTLED,
        )
    )
    return frozenset(empty & {(row.type, row.target) for row in rows})


def _elsewhere(
    c: sa.Connection, asked: sa.Row[Any], seen: _Seen, ours: set[tuple[str, str]]
) -> set[tuple[str, str]]:
    """Documents that we posted for the sake of another account."""
    strangers = seen.keys() - ours
    if not strangers:
        return set()
    rows = c.execute(
        sa.select(LINK.c.type, LINK.c.target).where(
            LINK.c.connection == asked.connection,
            LINK.c.account != asked.account,
            LINK.c.date >= asked.since,
            LINK.c.date <= asked.until,
        )
    )
    return strangers & {(row.type, row.target) for row in rows}


def _compare(
    asked: sa.Row[Any],
    links: Sequence[sa.Row[Any]],
    seen: _Seen,
    emptied: frozenset[tuple[str, str]],
    elsewhere: set[tuple[str, str]],
) -> Comparison:
    ours = {(link.type, link.target) for link in links}
    removed = {key for key in emptied - ours if not seen[key].deleted}
    live = {key: row for key, row in seen.items() if not row.deleted and key not in removed}
    linked_keys = {row.key for key, row in live.items() if key in ours and row.key}
    doubled = [
        f"{row.type} {row.id}"
        for key, row in live.items()
        if key not in ours and row.key and row.key in linked_keys
    ]
    foreign = [row for key, row in live.items() if key not in ours | elsewhere]
    others = [row for key, row in live.items() if key in elsewhere]
    missing, changed, deleted, matched = [], [], [], 0
    currency = next((each.currency for each in [*links, *live.values()] if each.currency), "USD")

    def summed(rows: Iterable[sa.Row[Any]]) -> Money:
        return Money(sum(row.amount or 0 for row in rows if row.currency == currency), currency)

    for link in links:
        row = seen.get((link.type, link.target))
        label = f"{link.type} {link.target}"
        if row is None:
            missing.append(label)
        elif row.deleted:
            deleted.append(label)
        elif row.amount != link.amount or row.date != link.date:
            changed.append(label)
        else:
            matched += 1
    return Comparison(
        connection=asked.connection,
        account=asked.account,
        since=asked.since,
        until=asked.until,
        posted=len(links),
        posted_total=summed(links),
        books_total=summed(live.values()),
        matched=matched,
        missing=tuple(missing),
        doubled=tuple(doubled),
        changed=tuple(changed),
        deleted=tuple(deleted),
        foreign=len(foreign),
        foreign_total=summed(foreign),
        removed=len(removed),
        elsewhere=len(others),
        elsewhere_total=summed(others),
    )


def _judge(
    c: sa.Connection,
    link: sa.Row[Any],
    seen: _Seen,
    asked: sa.Row[Any],
    *,
    troubles: dict[str, list[int]],
    now: int,
) -> None:
    row = seen.get((link.type, link.target))
    label = f"{link.type} {link.target}"
    if row is None or row.deleted:
        was = "deleted from" if row is not None else "not found in"
        finding = Finding(
            category="missing_in_books",
            subject=label,
            message=f"{label} of {link.date} was posted, but it was {was} the books",
        )
    elif row.amount != link.amount or row.date != link.date:
        finding = Finding(
            category="changed_in_books",
            subject=label,
            message=(
                f"{label} was posted with {_money(link)} on {link.date}; the books show "
                f"{_money(row)} on {row.date}"
            ),
        )
    else:
        if label in troubles:
            _agree_again(c, troubles[label])
        return
    flow = _flow_of(c, link)
    number = findings.report(c, finding, now, flow=flow, connection=asked.connection)
    c.execute(
        sa.update(POSTING)
        .where(POSTING.c.flow == flow, POSTING.c.kind == link.kind, POSTING.c.id == link.id)
        .values(finding=number)
    )


def _flow_of(c: sa.Connection, link: sa.Row[Any]) -> str:
    """The flow that a document stands for a record of; also where a person linked it."""
    wrote = c.execute(sa.select(EFFECT.c.flow).where(EFFECT.c.id == link.effect)).scalar()
    linked = sa.select(HISTORY.c.flow).where(
        HISTORY.c.connection == link.connection,
        HISTORY.c.kind == link.kind,
        HISTORY.c.record == link.id,
        HISTORY.c.action == "linked",
    )
    return wrote or c.execute(linked.order_by(HISTORY.c.id.desc()).limit(1)).scalar() or ""


def _money(row: sa.Row[Any]) -> Money:
    return Money(row.amount or 0, row.currency or "USD")


def _troubles(c: sa.Connection, connection: str) -> dict[str, list[int]]:
    """Earlier findings about documents of these books, by subject."""
    found: dict[str, list[int]] = {}
    for row in c.execute(
        sa.select(FINDING.c.id, FINDING.c.subject).where(
            FINDING.c.connection == connection,
            FINDING.c.category.in_(["missing_in_books", "changed_in_books"]),
        )
    ):
        found.setdefault(row.subject, []).append(row.id)
    return found


def _agree_again(c: sa.Connection, findings_of_it: list[int]) -> None:
    """The findings about a document have no cause any more."""
    c.execute(
        sa.update(POSTING)
        .where(POSTING.c.finding.in_(findings_of_it), POSTING.c.state == "posted")
        .values(finding=None)
    )


def _report_doubled(c: sa.Connection, asked: sa.Row[Any], doubled: Sequence[str], now: int) -> None:
    for label in doubled:
        finding = Finding(
            category="doubled_in_books",
            subject=label,
            message=f"{label} carries the mark of a record that another document stands for",
        )
        findings.report(c, finding, now, connection=asked.connection)


def answered(c: sa.Connection) -> list[int]:
    """Questions for documents that are answered and not compared yet."""
    rows = c.execute(
        sa.select(QUESTION.c.id).where(QUESTION.c.state == "done", QUESTION.c.query == "documents")
    )
    return [row.id for row in rows]


LAST_ASKED = sa.select(sa.func.max(QUESTION.c.asked)).where(
    QUESTION.c.connection == sa.bindparam("connection"),
    QUESTION.c.query == sa.literal_column("'documents'"),
    QUESTION.c.account == sa.bindparam("account"),
)
"""When the books were last asked for the documents of ``account``."""

_DATES = (
    sa.select(LINK.c.date)
    .where(
        LINK.c.connection == sa.bindparam("connection"),
        LINK.c.account == sa.bindparam("account"),
        LINK.c.date != sa.literal_column("''"),
    )
    .limit(1)
)
_PERIOD = sa.select(
    _DATES.order_by(LINK.c.date).scalar_subquery().label("first"),
    _DATES.order_by(LINK.c.date.desc()).scalar_subquery().label("last"),
)


def period(c: sa.Connection, connection: str, account: str) -> tuple[dt.date, dt.date] | None:
    """First and last posting date of what was posted to an account; two index look-ups."""
    dates = c.execute(_PERIOD, {"connection": connection, "account": account}).one()
    if dates.first is None:
        return None
    return dt.date.fromisoformat(dates.first), dt.date.fromisoformat(dates.last)

"""Fills a store as months of work would: lists of the books, known records, waiting effects."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import documents
import sqlalchemy as sa

from subledger.model import Line, Movement, Reference, Way
from subledger.model.kinds import ACCOUNT, VENDOR
from subledger.model.stored import dump
from subledger.money import Money

LONG_AGO = 1_700_000_000_000
"""A moment in milliseconds, before anything that a benchmark does."""

_CARD = Reference(kind=ACCOUNT, name="Card Account", id="80000001-1")
_TRAVEL = Reference(kind=ACCOUNT, name="Travel", id="80000002-1")
_PAYEE = Reference(kind=VENDOR, name="Coffee Shop", id="80000003-1")


def configuration(folder: Path, files: int) -> Path:
    """A configuration with company files ``f0000``..., each the sink of one flow."""
    lines = [
        '[store]\nurl = "sqlite:///subledger.db"',
        '[connections.cards]\nconnector = "pex"\ntoken = { env = "BENCH_PEX_TOKEN" }',
    ]
    for number in range(files):
        name = f"f{number:04}"
        lines.append(
            f'[connections.{name}]\nconnector = "quickbooks-desktop"\n'
            f'password = {{ env = "BENCH_PASSWORD" }}\nfile_id = "{documents.FILE_ID}"'
        )
        lines.append(
            f'[flows.{name}]\nrecipe = "card-expenses"\nsource = "cards"\nsink = "{name}"\n'
            'every = "manual"\nsteps = []\nhold_duplicates = false\n'
            f'[flows.{name}.settings]\naccount = "Card Account"\n'
            'default_expense_account = "Travel"\n'
        )
    path = folder / "subledger.toml"
    path.write_text("\n".join(lines))
    return path


def movement(identifier: str) -> Movement:
    """A card purchase as the flow has mapped it."""
    amount = Money.of(documents.AMOUNT)
    return Movement(
        id=identifier,
        way=Way.OUT,
        amount=amount,
        date=dt.date(2026, 1, 2),
        merchant="Coffee Shop 4711",
        lines=(Line(amount=amount, account=_TRAVEL, memo="lunch"),),
        account=_CARD,
        party=_PAYEE,
        number="4711",
        memo=f"sl:txn-{identifier} | A Cardholder | lunch with a customer",
    )


def lists(c: sa.Connection, names: Sequence[str]) -> None:
    """The lists of the books that the effects refer to, read long ago."""
    for name in names:
        for kind, reference, subtype in (
            ("account", _CARD, "Bank"),
            ("account", _TRAVEL, "Expense"),
            ("vendor", _PAYEE, ""),
        ):
            c.exec_driver_sql(
                "INSERT INTO entry (connection, kind, id, name, active, subtype)"
                " VALUES (?, ?, ?, ?, 1, ?)",
                (name, kind, reference.id, reference.name, subtype),
            )
        c.exec_driver_sql(
            "INSERT INTO connection (name, books_version, lists_read) VALUES (?, 1, ?)",
            (name, LONG_AGO),
        )
        c.exec_driver_sql("INSERT INTO flow (name) VALUES (?)", (name,))


def questions(c: sa.Connection, names: Sequence[str]) -> None:
    """An open question for the customers of each company file."""
    for name in names:
        c.exec_driver_sql(
            "INSERT INTO question (connection, query, state, position, asked)"
            " VALUES (?, 'lists', 'open', '{\"step\": 2}', ?)",
            (name, LONG_AGO),
        )


def effects(c: sa.Connection, name: str, count: int) -> None:
    """Card purchases that are planned for a company file and wait to be sent."""
    text, mark = dump(movement("@ID@")), f"{name}t"
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
    if count < 1:
        return
    c.exec_driver_sql(
        f"{numbers} INSERT INTO effect (connection, flow, source, kind, record, operation, key,"
        " state, priority, entity, version, fingerprint, amount, currency, date, account,"
        " planned_at) SELECT ?, ?, 'cards', 'card_transaction', ? || i, 'create',"
        " printf('%s%015d......', ?, i), 'planned', 30, replace(?, '@ID@', ? || i), 'v', 'p' || i,"
        " -1234, 'USD', '2026-01-02', 'Card Account', ? FROM n",
        (count, name, name, mark, name, text, mark, LONG_AGO),
    )
    postings(c, name, count, "planned", mark)


def postings(c: sa.Connection, name: str, count: int, state: str, mark: str) -> None:
    """What a flow has decided about that many records."""
    c.exec_driver_sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
        " INSERT INTO posting (flow, kind, id, state, version, amount, currency, date, account,"
        " changed) SELECT ?, 'card_transaction', ? || i, ?, 'v', -1234, 'USD', '2026-01-02',"
        " 'Card Account', ? FROM n",
        (count, name, mark, state, LONG_AGO),
    )

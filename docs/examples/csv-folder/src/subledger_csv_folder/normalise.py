"""Lines of exports to movements of money. Pure."""

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from attrs import asdict, frozen
from subledger.errors import RecordRejected
from subledger.model import Kind, Line, Movement, Tag, Way
from subledger.model.kinds import CARD_TRANSACTION
from subledger.money import Money
from subledger.ports import RawRecord

from subledger_csv_folder.amounts import exact
from subledger_csv_folder.config import CsvFolderConfig


@frozen(kw_only=True)
class Entry:
    """What a line says, read: ``amount`` is signed, money out is negative."""

    date: dt.date
    transaction_date: dt.date | None
    amount: Money
    description: str
    merchant: str
    card: str
    type: str
    tags: Mapping[str, str]


def view(config: CsvFolderConfig) -> Mapping[str, Any]:
    """The settings that a line is read by, as the context of its record."""
    return {
        "columns": asdict(config.columns),
        "dates": config.dates,
        "decimal": config.decimal,
        "amounts": config.amounts,
        "currency": config.currency,
        "tags": list(config.tags),
        "kinds": dict(config.kinds),
        "leave_out": list(config.leave_out),
    }


def normalise(record: RawRecord) -> Iterator[Movement]:
    """The movement that a line is; nothing for a line that moves nothing, or is gone.

    Raises RecordRejected for a line, or a file, that cannot be read.
    """
    if not record.data:
        return
    found = entry(record.data, record.context)
    if not found.amount or found.type in record.context["leave_out"]:
        return
    amount = abs(found.amount)
    tags = tuple(Tag(name=name, value=text, label=text) for name, text in found.tags.items())
    yield Movement(
        kind=Kind(record.context["kinds"].get(found.type, CARD_TRANSACTION)),
        id=record.id,
        way=Way.OUT if found.amount < amount else Way.IN,
        amount=amount,
        date=found.date,
        transaction_date=found.transaction_date,
        description=found.description,
        merchant=found.merchant or found.description,
        cardholder=found.card,
        lines=(Line(amount=amount, tags=tags),),
    )


def balance(record: RawRecord) -> Money | None:
    """What a line moves, also where its other cells cannot be read; None where nobody can tell."""
    data, context = record.data, record.context
    try:
        amount = _amount(data, context)
        return amount if _cell(data, context, "type") not in context["leave_out"] else None
    except (RecordRejected, KeyError):
        return None


def entry(data: Mapping[str, Any], context: Mapping[str, Any]) -> Entry:
    """A line's cells, read by the settings in ``context``. Raises RecordRejected."""
    if data.get("problem"):
        raise _rejected(data, str(data["problem"]), str(data.get("hint", "")))
    return Entry(
        date=_date(data, context, "date"),
        transaction_date=(
            _date(data, context, "transaction_date")
            if _cell(data, context, "transaction_date")
            else None
        ),
        amount=_amount(data, context),
        description=_cell(data, context, "description"),
        merchant=_cell(data, context, "merchant"),
        card=_cell(data, context, "card"),
        type=_cell(data, context, "type"),
        tags={name: text for name in context["tags"] if (text := _named(data, name))},
    )


def _named(data: Mapping[str, Any], column: str) -> str:
    cells = data.get("cells")
    text = cells.get(column, "") if isinstance(cells, Mapping) else None
    if not isinstance(text, str):
        raise _rejected(data, f"The column {column} holds no text.", "")
    return text


def _cell(data: Mapping[str, Any], context: Mapping[str, Any], meaning: str) -> str:
    column = context["columns"][meaning]
    return _named(data, column) if column else ""


def _date(data: Mapping[str, Any], context: Mapping[str, Any], meaning: str) -> dt.date:
    text, pattern = _cell(data, context, meaning), context["dates"]
    try:
        return dt.datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a day has no zone
    except ValueError as error:
        column = context["columns"][meaning]
        raise _rejected(
            data,
            f"{text!r} in the column {column} is not a date like {pattern}.",
            "Correct dates in the settings of the connection, or the line in the file.",
        ) from error


def _amount(data: Mapping[str, Any], context: Mapping[str, Any]) -> Money:
    try:
        return Money.of(_number(data, context), context["currency"])
    except ValueError as error:
        message = str(error)
        raise _rejected(
            data,
            f"{message[0].upper()}{message[1:]}.",
            "Correct decimal or columns in the settings of the connection, or the line.",
        ) from error


def _number(data: Mapping[str, Any], context: Mapping[str, Any]) -> Decimal:
    decimal = context["decimal"]
    if not context["columns"]["amount"]:
        debit, credit = (_cell(data, context, side) for side in ("debit", "credit"))
        if not (debit or credit):
            raise ValueError("the line has neither a debit nor a credit")
        return exact(credit, decimal) - exact(debit, decimal)
    text = _cell(data, context, "amount")
    if not text:
        raise ValueError("the line has no amount")
    number = exact(text, decimal)
    return -number if context["amounts"] == "positive_is_out" else number


def _rejected(data: Mapping[str, Any], message: str, hint: str) -> RecordRejected:
    line = data.get("line")
    place = f"{data.get('file', 'file')}, line {line}" if line else str(data.get("file", "file"))
    return RecordRejected(message, category="unreadable", field=place, hint=hint)

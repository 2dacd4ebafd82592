"""The settings of a folder: where the files are, and what their columns mean."""

import codecs
import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from attrs import Attribute, asdict, field, frozen
from attrs.validators import ge
from subledger.config.fields import Duration, describe
from subledger.errors import ConfigError, Problem
from subledger.money import Money

KindName = Literal["card_transaction", "fee", "transfer", "deposit"]
_A_DAY = dt.date(2026, 12, 31)


def _wrong(path: str, message: str) -> ConfigError:
    return ConfigError([Problem(path=path, message=message)])


def _column(text: str) -> str:
    return field(default="", metadata=describe(text))


@frozen(kw_only=True)
class Columns:
    """Which column of the files holds what, by its name in the header; empty for none."""

    date: str = field(metadata=describe("Posting date.", example='"Posting Date"'))
    amount: str = _column("Signed amount; instead of debit and credit.")
    debit: str = _column("Money out, as a positive number; with credit.")
    credit: str = _column("Money in, as a positive number; with debit.")
    description: str = _column("Text of the line.")
    merchant: str = _column("Who was paid; the description where there is none.")
    id: str = _column("Identifier of the line, unique in the folder and the same in every export.")
    card: str = _column("Card or account that the line is about.")
    type: str = _column("Sort of line, for the settings kinds and leave_out.")
    transaction_date: str = _column("Day of the purchase, where it differs from the posting date.")

    def __attrs_post_init__(self) -> None:
        """Refuses columns that leave open what a line moves."""
        if bool(self.amount) == bool(self.debit or self.credit):
            raise _wrong("amount", "either amount, or debit and credit, say what a line moves")
        if bool(self.debit) != bool(self.credit):
            raise _wrong("debit", "debit and credit belong together")


def _encoding(_instance: object, _attribute: "Attribute[str]", name: str) -> None:
    try:
        codecs.lookup(name)
    except LookupError as error:
        raise ValueError(f'{name!r} is no encoding such as "utf-8" or "cp1252"') from error


def _one_character(_instance: object, _attribute: "Attribute[str]", text: str) -> None:
    if len(text) != 1:
        raise ValueError(f'{text!r} is not one character such as "," or "\\t"')


def _currency(_instance: object, _attribute: "Attribute[str]", code: str) -> None:
    Money(0, code)


def _pattern_of_dates(_instance: object, _attribute: "Attribute[str]", pattern: str) -> None:
    try:
        again = dt.datetime.strptime(_A_DAY.strftime(pattern), pattern).date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        again = None
    if again != _A_DAY:
        raise ValueError(f'{pattern!r} does not tell a day, as "%m/%d/%Y" does')


@frozen(kw_only=True)
class CsvFolderConfig:
    """A folder with exports of one bank or card account, all with the same columns."""

    folder: Path = field(metadata=describe("The folder.", example='"exports"'))
    columns: Columns = field(metadata=describe("Which column holds what."))
    dates: str = field(
        default="%Y-%m-%d",
        validator=_pattern_of_dates,
        metadata=describe("How dates are written, in the codes of strftime, such as %m/%d/%Y."),
    )
    decimal: Literal[".", ","] = field(
        default=".", metadata=describe("The decimal mark of amounts; the other one groups digits.")
    )
    amounts: Literal["negative_is_out", "positive_is_out"] = field(
        default="negative_is_out",
        metadata=describe("Which sign of the column amount says that money went out."),
    )
    currency: str = field(
        default="USD", validator=_currency, metadata=describe("Currency of the account.")
    )
    pattern: str = field(
        default="*.csv",
        metadata=describe("Names of the files, with * and ?; **/*.csv for folders inside as well."),
    )
    encoding: str = field(
        default="utf-8", validator=_encoding, metadata=describe("Encoding of the files.")
    )
    delimiter: str = field(
        default=",", validator=_one_character, metadata=describe("What stands between two cells.")
    )
    skip_lines: int = field(
        default=0, validator=ge(0), metadata=describe("How many lines stand above the header.")
    )
    tags: tuple[str, ...] = field(
        default=(),
        metadata=describe(
            "Columns that become tags of their name, such as Category, for the step mapping."
        ),
    )
    kinds: Mapping[str, KindName] = field(
        factory=dict,
        metadata=describe("Kind of a line by what the column type says; else a card_transaction."),
    )
    leave_out: tuple[str, ...] = field(
        default=(),
        metadata=describe("What the column type says of lines that do not count, such as Pending."),
    )
    cards: tuple[str, ...] = field(
        default=(),
        metadata=describe("Only lines of these cards or accounts; empty for all."),
    )
    files: Literal["overlapping", "separate"] = field(
        default="overlapping",
        metadata=describe(
            "Without columns.id: whether exports may repeat lines of other exports (overlapping), "
            "or each file holds only what no other file has (separate)."
        ),
    )
    quiet: Duration = field(
        default=dt.timedelta(seconds=1),
        metadata=describe("How long a new file must not have changed before it is read."),
    )

    def __attrs_post_init__(self) -> None:
        """Refuses settings that need a column which is not named."""
        if (self.kinds or self.leave_out) and not self.columns.type:
            raise _wrong("kinds", "kinds and leave_out need columns.type")
        if self.cards and not self.columns.card:
            raise _wrong("cards", "cards needs columns.card")

    @property
    def wanted(self) -> tuple[str, ...]:
        """Every column that a file must have."""
        return tuple(name for name in (*asdict(self.columns).values(), *self.tags) if name)

    @property
    def identity(self) -> str:
        """By what a line is told from others; when it changes, every line would be a new one."""
        return f"column {self.columns.id}" if self.columns.id else f"content, {self.files} files"

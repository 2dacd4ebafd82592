"""Hand-made transactions with fixed amounts that tests and demonstrations find again by name."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from . import catalogue
from .catalogue import ACCOUNT_TAG, CLASS_TAG, CUSTOMER_TAG
from .clock import EASTERN, instant
from .model import (
    UNTAGGED,
    Attachment,
    Change,
    Merchant,
    Note,
    Split,
    TagSet,
    Transaction,
)
from .purchases import Calendar, hex_id, note_by, settle

SHOP = catalogue.MERCHANTS[0]
PERSON = catalogue.CARDHOLDERS[0]


def plain(account: str, klass: str = "", customer: str = "") -> TagSet:
    """Plain tags by value."""
    pairs = ((ACCOUNT_TAG, account), (CLASS_TAG, klass), (CUSTOMER_TAG, customer))
    return TagSet(answers=tuple(pair for pair in pairs if pair[1]))


def split(*lines: tuple[int, str, str]) -> TagSet:
    """Splits from (cents, account, class)."""
    return TagSet(
        splits=tuple(
            Split(cents=cents, answers=plain(account, klass).answers)
            for cents, account, klass in lines
        )
    )


def bought(name: str, cents: int, time: datetime, **extra: Any) -> Transaction:
    """One purchase (or credit, when positive) of Dana Ruiz, approved unless told otherwise."""
    merchant: Merchant = extra.pop("merchant", SHOP)
    values: dict[str, Any] = {
        "account_id": PERSON.account_id,
        "kind": "merchant_credit" if cents > 0 else "purchase",
        "settlement": settle(time, 2),
        "description": f"{merchant.name} {merchant.city} {merchant.state}".rstrip(),
        "merchant": merchant,
        "source_cents": cents,
        "tags": plain(merchant.account, "Clinic"),
        "approval": "Approved",
        **extra,
    }
    return Transaction(cents=cents, time=time, landmark=name, **values)


def clock_changes(first: date, last: date) -> tuple[date | None, date | None]:
    """The spring and the autumn night between two days on which Eastern clocks change."""
    spring = autumn = None
    for number in range((last - first).days):
        day = first + timedelta(days=number)
        before = instant(day, 0).astimezone(EASTERN).utcoffset()
        after = instant(day, 12).astimezone(EASTERN).utcoffset()
        if before is not None and after is not None and before != after:
            spring, autumn = (day, autumn) if after > before else (spring, day)
    return spring, autumn


def _clock_nights(calendar: Calendar) -> Iterator[Transaction]:
    spring, autumn = clock_changes(calendar.first_day, calendar.today - timedelta(days=4))
    if spring is not None:
        yield bought("before_the_gap", -1101, instant(spring, 1, 59, 59))
        yield bought("after_the_gap", -1102, instant(spring, 3, 0, 0))
    if autumn is not None:
        yield bought("first_pass", -1201, instant(autumn, 1, 30))
        second = instant(autumn, 1, 30, fold=1)
        yield bought("second_pass", -1202, second)
        # Settles within the repeated hour, so that a settlement window has to include it.
        yield bought("settled_in_second_pass", -1203, second - timedelta(days=2), settlement=second)


def _splits(calendar: Calendar) -> Iterator[Transaction]:
    at = calendar.days_ago
    yield bought(
        "split_example",
        -8640,
        at(40, 9, 14, 31),
        tags=split(
            (5000, "Office Supplies", "Clinic"), (3640, "Medical Supplies", "Field Services")
        ),
    )
    yield bought("split_example_refund", 2000, at(33), tags=plain("Office Supplies", "Clinic"))
    yield bought(
        "split_many",
        -40001,
        at(50),
        tags=split(
            (10000, "Travel:Hotel", "Administration"),
            (10000, "Travel:Airfare", "Clinic"),
            (20000, "Travel:Meals", "Field Services:North"),
            (1, "Travel", "Field Services:South"),
        ),
    )
    yield bought(
        "split_refund", 3001, at(48), tags=split((1500, "Fuel", "Clinic"), (1501, "Travel", ""))
    )
    yield bought(
        "split_defective",
        -6000,
        at(45),
        tags=split((2500, "Fuel", "Clinic"), (3000, "Travel", "Clinic")),
    )


def _tags(calendar: Calendar) -> Iterator[Transaction]:
    at = calendar.days_ago
    yield bought("inactive_account", -1795, at(38), tags=plain(catalogue.INACTIVE_ACCOUNT))
    yield bought("account_prefix", -129900, at(37), tags=plain(catalogue.PREFIXED_ACCOUNT))
    yield bought("deleted_option", -4410, at(36), tags=plain(catalogue.DELETED_OPTION))
    unknown = TagSet(answers=((catalogue.UNKNOWN_TAG, "who knows"),))
    yield bought("unknown_tag", -2210, at(35), tags=unknown)
    yield bought("untagged", -3300, at(34), tags=UNTAGGED)
    yield bought(
        "defaults_only",
        -3310,
        at(34, 13),
        tags=TagSet(answers=plain("Travel").answers, chosen=False),
    )
    yield bought(
        "with_job",
        -51000,
        at(31),
        tags=plain("Vehicle Repairs", "Field Services:North", "Lakeside Clinic:Roof Repair"),
    )
    yield bought("customer_merchant", -2475, at(30), merchant=catalogue.CUSTOMER_MERCHANT)


def _lives(calendar: Calendar) -> Iterator[Transaction]:
    at = calendar.days_ago
    waiting: dict[str, Any] = {"approval": "NotReviewed", "tags": UNTAGGED}
    tags = plain("Office Supplies", "Clinic")
    yield bought(
        "journey",
        -7512,
        at(1, 15),
        settlement=at(-1, 2, 10),
        renumbered=True,
        **waiting,
        changes=(
            Change(at=at(-3, 10), tags=tags),
            Change(at=at(-7, 16), approval="Approved"),
        ),
    )
    yield bought(
        "late_approval",
        -9900,
        at(25),
        approval="NotReviewed",
        changes=(Change(at=at(-2, 9), approval="Approved"),),
    )
    yield bought(
        "late_tags", -9800, at(24), tags=UNTAGGED, changes=(Change(at=at(-1, 9), tags=tags),)
    )
    yield bought(
        "approved_late_in_the_past",
        -9700,
        at(60),
        approval="NotReviewed",
        changes=(Change(at=at(21), approval="Approved"),),
    )
    for approval in ("NotReviewed", "Ignored", "Rejected", "NoReceipt"):
        name = "".join(f"_{c.lower()}" if c.isupper() else c for c in approval).lstrip("_")
        yield bought(f"review_{name}", -5000 - len(name), at(20), approval=approval)
    yield bought("pending", -4321, at(1, 18), settlement=at(-2, 2, 10), **waiting)
    yield bought(
        "tip",
        -6000,
        at(1, 19),
        settlement=at(-1, 2, 10),
        held_cents=-5000,
        renumbered=True,
        **waiting,
    )
    yield bought("released_hold", -10000, at(2, 8), settlement=None, released=at(-5, 8), **waiting)
    yield bought("decline", -99900, at(3), settlement=None, is_decline=True, **waiting)


def _papers(rng: Random, calendar: Calendar) -> Iterator[Transaction]:
    at = calendar.days_ago
    when = at(18)

    def receipt(days: int | None, status: Any = "NotLoaded", kind: Any = "Image") -> Attachment:
        loaded = None if days is None else at(days)
        return Attachment(id=hex_id(rng), type=kind, created=when, loaded=loaded, status=status)

    yield bought("receipt_loaded", -1811, when, attachments=(receipt(17), receipt(17, kind="Pdf")))
    yield bought("receipt_late", -1812, when, attachments=(receipt(-1),))
    yield bought("receipt_malware", -1813, when, attachments=(receipt(None, "HasMalware"),))
    yield bought("receipt_never", -1814, when, attachments=(receipt(None),))
    lines = note_by(PERSON, "first line\nsecond line\r\n\tthird & <last>", when)
    yield bought("note_with_newlines", -1821, when, notes=(lines,))
    long = note_by(PERSON, "A long story about a stapler. " * 140, when)
    yield bought("long_note", -1822, when, notes=(long,))
    marker = Note(id=0, text="synced transaction #4411", at=when, user_name="api", is_system=True)
    yield bought("system_note", -1823, when, notes=(lines, marker))


def _others(calendar: Calendar) -> Iterator[Transaction]:
    at = calendar.days_ago
    for number, merchant in enumerate(catalogue.ODD_MERCHANTS):
        yield bought(
            f"odd_merchant_{number}", -1500 - number, at(29, 12, number), merchant=merchant
        )
    fixed: dict[str, Any] = {"account_id": PERSON.account_id, "tags": UNTAGGED}
    for name, description, cents, days in (
        ("isa_fee", "ISA Fee", -137, 28),
        ("isa_fee_adjustment", "ISA Fee Adjustment", 137, 27),
    ):
        yield Transaction(
            kind="card_fee",
            cents=cents,
            time=at(days),
            settlement=at(days),
            description=description,
            landmark=name,
            **fixed,
        )
    for name, cents, days in (("dispute", 12345, 26), ("dispute_lost", -12345, 12)):
        yield Transaction(
            kind="dispute",
            cents=cents,
            time=at(days),
            settlement=at(days),
            description="Dispute credit" if cents > 0 else "Dispute credit reversal",
            landmark=name,
            **fixed,
        )
    yield bought("oldest", -7000, instant(calendar.first_day, 9))


def landmarks(rng: Random, calendar: Calendar) -> Iterator[Transaction]:
    """Every hand-made card transaction."""
    yield from _others(calendar)
    yield from _clock_nights(calendar)
    yield from _splits(calendar)
    yield from _tags(calendar)
    yield from _lives(calendar)
    yield from _papers(rng, calendar)

"""The everyday card activity of the sample business: purchases, refunds, fees, holds, declines."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Literal

from attrs import frozen

from . import catalogue
from .clock import instant
from .model import (
    UNTAGGED,
    Attachment,
    Cardholder,
    Change,
    Merchant,
    Note,
    Split,
    TagSet,
    Transaction,
)

REVIEWS = ("Approved", "Ignored", "Rejected", "NoReceipt")
REVIEW_WEIGHTS = (70, 10, 5, 15)
NOTES = ("toner", "client visit", "monthly plan", "for the north team", "see receipt", "zażółć")
CURRENCY_RATE = {"JPY": 150, "PLN": 4}


@frozen(kw_only=True)
class Calendar:
    """The simulated year: its first and last day and the instant at which the clock starts."""

    first_day: date
    today: date
    starts: datetime

    def days_ago(self, days: int, hour: int = 12, minute: int = 0, second: int = 0) -> datetime:
        """An Eastern wall time so many days before today (negative: after)."""
        return instant(self.today - timedelta(days=days), hour, minute, second)


def chance(rng: Random, percent: int) -> bool:
    """True in so many of a hundred draws."""
    return rng.randrange(100) < percent


def settle(bought: datetime, days: int, second: int = 0) -> datetime:
    """The nightly settlement run, ``days`` days after the purchase, at 02:10 Eastern."""
    return instant((bought - timedelta(hours=5)).date() + timedelta(days=days), 2, 10, second)


def hex_id(rng: Random) -> str:
    """A document id as the vendor makes them: 24 hexadecimal characters."""
    return f"{rng.getrandbits(96):024x}"


def answers_for(rng: Random, merchant: Merchant) -> TagSet:
    """Plausible plain tags for a purchase."""
    account = merchant.account if chance(rng, 90) else rng.choice(catalogue.ACCOUNTS)
    answers = [(catalogue.ACCOUNT_TAG, account)]
    if chance(rng, 80):
        answers.append((catalogue.CLASS_TAG, rng.choice(catalogue.CLASSES)))
    if chance(rng, 30):
        answers.append((catalogue.CUSTOMER_TAG, rng.choice(catalogue.CUSTOMERS)))
        answers.append((catalogue.BILLABLE_TAG, rng.choice(("True", "False"))))
    if chance(rng, 10):
        answers.append((catalogue.NOTE_TAG, "phase 2: fit-out & signs"))
    return TagSet(answers=tuple(answers))


def splits_for(rng: Random, cents: int) -> TagSet:
    """Two lines, sometimes three or four, that add up to the amount."""
    count = rng.choices((2, 3, 4), (80, 15, 5))[0]
    cuts = sorted(rng.sample(range(1, abs(cents)), count - 1))
    parts = [end - begin for begin, end in zip([0, *cuts], [*cuts, abs(cents)], strict=True)]
    return TagSet(
        splits=tuple(
            Split(
                cents=part,
                answers=(
                    (catalogue.ACCOUNT_TAG, rng.choice(catalogue.ACCOUNTS)),
                    (catalogue.CLASS_TAG, rng.choice(catalogue.CLASSES)),
                ),
            )
            for part in parts
        )
    )


def _tagging(
    rng: Random, merchant: Merchant, cents: int, settlement: datetime
) -> tuple[TagSet, tuple[Change, ...]]:
    if chance(rng, 8):
        return UNTAGGED, ()
    tags = splits_for(rng, cents) if chance(rng, 8) else answers_for(rng, merchant)
    if chance(rng, 25):
        late = settlement + timedelta(days=rng.randint(1, 20), hours=rng.randint(6, 14))
        return UNTAGGED, (Change(at=late, tags=tags),)
    return tags, ()


def _review(rng: Random, settlement: datetime) -> tuple[Change, ...]:
    if chance(rng, 15):
        return ()
    days = min(int(rng.expovariate(0.2)), 45)
    at = settlement + timedelta(days=days, hours=rng.randint(7, 15))
    return (Change(at=at, approval=rng.choices(REVIEWS, REVIEW_WEIGHTS)[0]),)


def _attachments(rng: Random, bought: datetime) -> tuple[Attachment, ...]:
    if chance(rng, 55):
        return ()
    created = bought + timedelta(minutes=rng.randint(1, 600))
    kind: Literal["Image", "Pdf"] = rng.choice(("Image", "Image", "Pdf"))
    return (
        Attachment(
            id=hex_id(rng), type=kind, created=created, loaded=created + timedelta(minutes=2)
        ),
    )


def note_by(person: Cardholder, text: str, at: datetime) -> Note:
    """A cardholder's own note."""
    return Note(
        id=0,
        text=text,
        at=at,
        user_name=person.user_name,
        first_name=person.first_name,
        last_name=person.last_name,
    )


def isa_fee(purchase: Transaction) -> Transaction:
    """The cross-border fee of one per cent that follows a foreign purchase."""
    return Transaction(
        account_id=purchase.account_id,
        kind="card_fee",
        cents=min(-1, purchase.cents // 100),
        time=purchase.time,
        settlement=purchase.settlement,
        description="ISA Fee",
    )


def everyday(rng: Random, calendar: Calendar, count: int) -> Iterator[Transaction]:
    """About ``count`` card transactions spread over the year, fees of foreign ones included."""
    days = (calendar.today - calendar.first_day).days
    merchants = (*catalogue.MERCHANTS * 4, *catalogue.ODD_MERCHANTS)
    for _ in range(count):
        merchant = rng.choice(merchants)
        is_vendor = merchant.normalised == catalogue.VENDORS[2]
        person = catalogue.CARDHOLDERS[-1] if is_vendor else rng.choice(catalogue.CARDHOLDERS[:-1])
        day = calendar.first_day + timedelta(days=rng.randrange(days))
        bought = instant(day, rng.randint(7, 21), rng.randint(0, 59), rng.randint(0, 59))
        settlement = settle(bought, rng.randint(1, 4), rng.randint(0, 59))
        cents = -min(int(rng.lognormvariate(8.6, 1.0)) + 100, 250_000)
        if chance(rng, 3):
            yield Transaction(
                account_id=person.account_id,
                kind="purchase",
                cents=cents,
                time=bought,
                settlement=None,
                is_decline=True,
                description=merchant.name,
                merchant=merchant,
            )
            continue
        is_credit = chance(rng, 4)
        if is_credit:
            cents = -cents // 2
        tags, late_tags = _tagging(rng, merchant, cents, settlement)
        held = cents - rng.randint(1, 500) if chance(rng, 5) else None
        has_note = chance(rng, 30)
        noted = note_by(person, rng.choice(NOTES), bought + timedelta(minutes=9))
        bought_transaction = Transaction(
            account_id=person.account_id,
            kind="merchant_credit" if is_credit else "purchase",
            cents=cents,
            time=bought,
            settlement=settlement,
            held_cents=held,
            renumbered=chance(rng, 10),
            is_bill_pay=is_vendor,
            description=f"{merchant.name} {merchant.city} {merchant.state}".rstrip(),
            merchant=merchant,
            source_cents=cents * CURRENCY_RATE.get(merchant.currency, 1),
            tags=tags,
            notes=(noted,) if has_note else (),
            attachments=_attachments(rng, bought),
            changes=tuple(
                sorted((*late_tags, *_review(rng, settlement)), key=lambda change: change.at)
            ),
        )
        yield bought_transaction
        if merchant.currency != "USD" and not is_credit:
            yield isa_fee(bought_transaction)

"""A whole business from a seed: the same arguments always give the same business."""

from datetime import date, timedelta
from random import Random

from attrs import evolve

from . import catalogue
from .clock import instant
from .credit import invoices
from .funding import business_fees, prepaid_funding
from .landmarks import landmarks
from .model import Business, Funding, Note, Transaction
from .purchases import Calendar, everyday

FIRST_CARD_ID = 700_000_001
FIRST_BUSINESS_ID = 810_000_001
FIRST_AUTHORISATION_ID = 690_000_001
FIRST_NETWORK_ID = 880_001
FIRST_NOTE_ID = 31
CREDIT_LIMIT_CENTS = 5_000_000
OPENING_HOUR = 6


def _numbered(drafts: list[Transaction]) -> tuple[Transaction, ...]:
    """Ids in order of time; cards and the business account count separately."""
    result = []
    card, business, note = FIRST_CARD_ID, FIRST_BUSINESS_ID, FIRST_NOTE_ID
    for position, draft in enumerate(sorted(drafts, key=lambda draft: draft.time)):
        on_business = draft.account_id == catalogue.BUSINESS_ACCOUNT_ID
        notes: list[Note] = []
        for remark in draft.notes:
            notes.append(evolve(remark, id=note))
            note += 1
        is_network = draft.merchant is not None
        result.append(
            evolve(
                draft,
                id=business if on_business else card,
                authorisation_id=FIRST_AUTHORISATION_ID + position if is_network else 0,
                network_id=FIRST_NETWORK_ID + position if is_network else 0,
                notes=tuple(notes),
            )
        )
        if on_business:
            business += 1
        else:
            card += 1
    return tuple(result)


def generate_business(
    *, seed: int, transactions: int, today: date, funding: Funding = "prepaid"
) -> Business:
    """A year of data that ends ``today``, with at least ``transactions`` records of all kinds.

    The simulated clock starts at 06:00 Eastern of ``today``: everything bought until the day
    before is there, the last days' purchases are still pending, and reviews, tags and receipts
    of the coming weeks happen as the clock moves on.
    """
    rng = Random(seed)  # noqa: S311 - made-up sample data, no secret depends on it
    calendar = Calendar(
        first_day=today - timedelta(days=364), today=today, starts=instant(today, OPENING_HOUR)
    )
    drafts = list(landmarks(rng, calendar))
    fees = list(business_fees(rng, calendar))
    drafts += everyday(rng, calendar, max(transactions - len(drafts) - len(fees), 0))
    if funding == "prepaid":
        fees += prepaid_funding(rng, calendar, drafts)
    numbered = _numbered([*drafts, *fees])
    return Business(
        account_id=catalogue.BUSINESS_ACCOUNT_ID,
        name=catalogue.BUSINESS_NAME,
        funding=funding,
        credit_limit_cents=CREDIT_LIMIT_CENTS if funding == "credit" else 0,
        cardholders=catalogue.CARDHOLDERS,
        tags=catalogue.TAGS,
        vendors=catalogue.VENDORS,
        transactions=numbered,
        invoices=tuple(invoices(numbered, today)) if funding == "credit" else (),
        landmarks={item.landmark: item.id for item in numbered if item.landmark},
        first_day=calendar.first_day,
        today=today,
        starts=calendar.starts,
    )

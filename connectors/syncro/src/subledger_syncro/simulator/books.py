"""What the account has before the year begins: goods, vendors, organisations, schedules."""

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from . import catalogue
from .model import Contact, Customer, Product, Schedule, Vendor
from .sales import product_line
from .world import World

SPACING = timedelta(minutes=1)
ODD_EVERY, CHILD_EVERY, PERSON_EVERY, DUPLICATE_EVERY, DISABLED_EVERY = 9, 7, 8, 25, 40
SERVICES = 5
"""So many products at the front of the catalogue recur every month."""


def _goods(world: World, now: datetime) -> None:
    for name, first, last, account in catalogue.VENDORS:
        world.add(
            Vendor(
                name=name,
                rep_first_name=first,
                rep_last_name=last,
                account_number=account,
                email="orders@vendor.example",
                created_at=now,
                updated_at=now,
            )
        )
    vendors = list(world.vendors)
    for at, (name, text, category, cost, retail, stock, taxable) in enumerate(catalogue.PRODUCTS):
        vendor = vendors[at % 3]
        world.add(
            Product(
                name=name,
                description=text,
                category=category,
                cost_cents=cost,
                retail_cents=retail,
                maintain_stock=stock,
                taxable=taxable,
                disabled=name.startswith("Discontinued"),
                quantity=25 if stock else 0,
                qb_item_id=101 + at if at % 2 else None,
                vendor_ids=(vendor,) if stock else (),
                skus=((vendor, f"SKU-{at:03}"),) if stock else (),
                created_at=now,
                updated_at=now,
            )
        )


def _name(rng: Random, at: int) -> tuple[str | None, str, str]:
    if at % ODD_EVERY == 0 and at // ODD_EVERY < len(catalogue.ODD_NAMES):
        return catalogue.ODD_NAMES[at // ODD_EVERY]
    first, last = rng.choice(catalogue.FIRST_NAMES), rng.choice(catalogue.LAST_NAMES)
    if at % PERSON_EVERY == 1:
        return None, first, last
    trade, suffix = rng.choice(catalogue.TRADES), rng.choice(catalogue.SUFFIXES)
    return f"{last} {trade}{suffix}", first, last


def new_customer(world: World, rng: Random, now: datetime, at: int) -> Customer:
    """The organisation number ``at``, with its contacts and perhaps a parent."""
    business, first, last = _name(rng, at)
    others = list(world.customers.values())
    if at % DUPLICATE_EVERY == DUPLICATE_EVERY - 1:
        business, first, last = others[-2].business_name, others[-2].firstname, others[-2].lastname
    parents = [one for one in others if one.parent_id is None and one.business_name]
    is_child = at % CHILD_EVERY == CHILD_EVERY - 1 and bool(parents)
    city, state, code = rng.choice(catalogue.CITIES)
    rates = (
        None,
        None,
        None,
        catalogue.GROUP,
        catalogue.ZERO,
        catalogue.EXEMPT,
        catalogue.COMPOUND,
    )
    customer = world.add(
        Customer(
            business_name=business,
            firstname=first,
            lastname=last,
            email=f"office{at}@client.example",
            phone=f"512555{rng.randrange(10_000):04}",
            address=f"{rng.randrange(1, 999)} Elm Street",
            city=city,
            state=state,
            zip=code,
            location_id=rng.choice((None, None, 11, 12)),
            tax_rate_id=rng.choice(rates),
            invoice_term_id=rng.choice((None, 3, 4)),
            disabled=at % DISABLED_EVERY == DISABLED_EVERY - 1,
            parent_id=rng.choice(parents).id if is_child else None,
            created_at=now,
            updated_at=now,
        )
    )
    for _ in range(rng.choice((0, 1, 1, 2))):
        person = f"{rng.choice(catalogue.FIRST_NAMES)} {rng.choice(catalogue.LAST_NAMES)}"
        world.add(
            Contact(
                customer_id=customer.id,
                name=person,
                email=f"contact{at}@client.example",
                properties={"title": rng.choice(("CFO", "Owner", "Office manager"))},
                created_at=now,
                updated_at=now,
            )
        )
    return customer


def _schedule(world: World, rng: Random, now: datetime, customer: Customer) -> None:
    services = rng.sample(list(world.products)[:SERVICES], rng.randrange(1, 4))
    world.add(
        Schedule(
            customer_id=customer.id,
            name="Managed services",
            lines=tuple(
                product_line(world, now, number, quantity=Decimal(rng.randrange(1, 15)))
                for number in services
            ),
            next_run=now.date().replace(day=1),
            created_at=now,
            updated_at=now,
        )
    )


def found_account(world: World, rng: Random, first: datetime, *, customers: int) -> None:
    """Fill an empty account; everything is older than ``first``."""
    now = first - timedelta(days=400)
    _goods(world, now)
    for at in range(customers):
        now += SPACING
        customer = new_customer(world, rng, now, at)
        if not customer.disabled and at % 3:
            _schedule(world, rng, now, customer)

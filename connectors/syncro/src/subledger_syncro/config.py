"""The settings of a Syncro connection."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Final, Literal
from urllib.parse import urlsplit

from attrs import field, frozen

from subledger.config.fields import Duration, describe
from subledger.errors import ConfigError, Problem
from subledger.secret import Secret
from subledger_syncro.wire import dates, requests

_THIS_MACHINE: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_SUBDOMAIN: Final = re.compile(r"[a-z0-9][a-z0-9-]*\Z")
_CURRENCY: Final = re.compile(r"[A-Z]{3}\Z")


@frozen(kw_only=True)
class SyncroConfig:
    """One Syncro account, with an API token of its own."""

    api_token: Secret = field(
        metadata=describe(
            "An API token (Syncro: Admin, API Tokens).", example='{ env = "SYNCRO_TOKEN" }'
        ),
    )
    subdomain: str = field(
        default="",
        metadata=describe("The first part of the account's address, such as acme."),
    )
    base_url: str = field(
        default="", metadata=describe("Another address of the API, for simulators and proxies.")
    )
    payments: Literal["to_books", "from_books", "off"] = field(
        default="to_books",
        metadata=describe(
            "The one direction in which payments and refunds go; both at once would double them."
        ),
    )
    time_zone: str = field(
        default="",
        metadata=describe(
            "The zone that dates are in, such as America/Chicago; empty: as Syncro's settings say."
        ),
    )
    currency: str = field(
        default="USD", metadata=describe("The account's one currency (ISO 4217 code).")
    )
    store_credit: tuple[str, ...] = field(
        default=("Store Credit", "Credit"),
        metadata=describe("Payment methods by which store credit is used: no money moves."),
    )
    finished_orders: tuple[str, ...] = field(
        default=("Finished",),
        metadata=describe("States in which a purchase order becomes a bill."),
    )
    customer_purchases: bool = field(
        default=False,
        metadata=describe(
            "Read what is bought from customers, at an address that Syncro's published document "
            "does not describe: tried against the simulator only."
        ),
    )
    final_purchases: tuple[str, ...] = field(
        default=("Purchase", "Purchased", "Finalized"),
        metadata=describe(
            "States in which a customer purchase is paid; Estimate is not, others are findings."
        ),
    )
    children: Literal["own", "sub", "parent"] = field(
        default="own",
        metadata=describe(
            "Organisations below another one: customers of their own, sub-customers, or what they "
            "owe is the parent's."
        ),
    )
    parent_field: str = field(
        default="ref_customer_id",
        metadata=describe(
            "The field of a customer that names its parent; properties.NAME for a custom field."
        ),
    )
    goods: Literal["service", "non_inventory"] = field(
        default="service",
        metadata=describe("What a product is that Syncro keeps no stock of."),
    )
    payment_method: str = field(
        default="Other",
        metadata=describe("The method of payments from the books that name none."),
    )
    overlap_minutes: int = field(
        default=10,
        metadata=describe("How far before the last change that was seen a run begins to look."),
    )
    lists_every: Duration = field(
        default=dt.timedelta(hours=24),
        metadata=describe("How often customers, products, vendors and payments are read in full."),
    )
    deletions_every: Duration = field(
        default=dt.timedelta(days=7),
        metadata=describe("How often deleted invoices are looked for."),
    )
    requests_per_minute: int = field(
        default=180,
        metadata=describe("The highest rate of requests of this process; Syncro allows 180."),
    )
    webhook_secret: Secret | None = field(
        default=None,
        metadata=describe(
            "A secret of ours that webhook calls have to show; without it every call is refused."
        ),
    )

    def __attrs_post_init__(self) -> None:
        problems = list(_problems(self))
        if problems:
            raise ConfigError(problems)

    @property
    def host(self) -> str:
        """The account's address, without a slash at the end."""
        return self.base_url.rstrip("/") or requests.host_of(self.subdomain)


def _private(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _THIS_MACHINE)


def _known_zone(name: str) -> bool:
    return dates.zone_of(name, name) is not None


def _problems(config: SyncroConfig) -> Iterator[Problem]:
    if not config.base_url and not _SUBDOMAIN.match(config.subdomain):
        yield Problem(
            path="subdomain",
            message=f"{config.subdomain!r} is not the first part of an address",
            hint="For https://acme.syncromsp.com it is acme",
        )
    if config.base_url and not _private(config.base_url):
        yield Problem(
            path="base_url",
            message=f"{config.base_url!r} is not an https:// address",
            hint="Plain http:// is accepted for this machine only, since the token would be seen",
        )
    if config.time_zone and not _known_zone(config.time_zone):
        yield Problem(
            path="time_zone",
            message=f"{config.time_zone!r} is not a time zone",
            hint="Write an IANA name such as America/Chicago",
        )
    if not _CURRENCY.match(config.currency):
        yield Problem(
            path="currency",
            message=f"{config.currency!r} is not a currency code",
            hint="Write an ISO 4217 code such as USD",
        )
    for name, value, least in (
        ("overlap_minutes", config.overlap_minutes, 0),
        ("requests_per_minute", config.requests_per_minute, 1),
    ):
        if value < least:
            yield Problem(path=name, message=f"is {value}", hint=f"Set it to {least} or more")

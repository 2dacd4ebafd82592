"""Who keeps books with QuickBooks Online in the worlds: what is synchronised, and who judges it."""

import tempfile
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from attrs import field, frozen

from subledger.config import load_settings
from subledger.testing.workplace import SINK

from . import online_counter
from .counter import Counter, counter_type
from .online_feed import DeskFeed, OnlineFeed, desk_type, feed_type
from .online_oracle import judge

_ADDRESS = "http://127.0.0.1:8711"
_BOOKS = """
[connections.sink]
connector = "quickbooks-online"
client_id = "simulated-client"
client_secret = {{ file = "{folder}/secret" }}
base_url = "_ADDRESS"
oauth_url = "_ADDRESS"
""".replace("_ADDRESS", _ADDRESS)
_CARDS = """
[connections.source]
connector = "pex"
token = {{ file = "{folder}/secret" }}
[flows.flow]
recipe = "card-expenses"
source = "source"
sink = "sink"
every = "1h"
[flows.flow.settings]
account = "Visa"
funding_account = "Checking"
fee_account = "Bank Charges"
rebate_account = "Interest Earned"
default_expense_account = "Miscellaneous"
"""
_DESK = """
[connections.source]
connector = "syncro"
subdomain = "made-up"
api_token = {{ file = "{folder}/secret" }}
[flows.flow]
recipe = "psa-invoices"
source = "source"
sink = "sink"
every = "1h"
[flows.flow.settings]
receivables_account = "Accounts Receivable (A/R)"
income_account = "Services"
refund_account = "Checking"
default_tax_code = "{code}"
"""


@frozen
class Business:
    """What is synchronised: the configuration, the source, and the company's preferences.

    ``config`` is the flow as an owner writes it, or makes the settings; ``accounts`` are read back.
    ``opens`` where something is posted before anything happens.
    """

    config: Any
    feed: Any
    type: Any
    accounts: tuple[str, ...]
    judge: Any
    preferences: Any = field(factory=dict)
    opens: bool = False


_OWED = "Accounts Receivable (A/R)"
_CANADA = {"CompanyInfo.Country": "CA", "CurrencyPrefs.HomeCurrency.value": "USD"}


def _of(account, *given, **more):
    """One whose documents all move one account."""
    return Business(*given, (account,), partial(judge, account=account), **more)


def _counter(chart, code, gone, **more):
    return Business(
        lambda: online_counter.settings(chart, code, gone, _ADDRESS),
        partial(Counter, chart=chart),
        partial(counter_type, chart=chart),
        online_counter.ACCOUNTS,
        online_counter.judge,
        opens=True,
        **more,
    )


BUSINESSES = {
    "cards": _of("Visa", _CARDS, OnlineFeed, feed_type),
    "us": _of(
        _OWED, _DESK.replace("{code}", "California"), partial(DeskFeed, percent=8), desk_type
    ),
    "ca": _of(
        _OWED,
        _DESK.replace("{code}", "GST"),
        partial(DeskFeed, percent=5),
        desk_type,
        preferences=_CANADA,
    ),
    "counter_us": _counter(online_counter.US, "California", "void"),
    "counter_ca": _counter(online_counter.CA, "GST", "delete", preferences=_CANADA),
}


@lru_cache
def settings(business):
    """The configuration of a business, read as from an owner's file."""
    config = BUSINESSES[business].config
    found = config() if callable(config) else _loaded(config)
    books = found.connections[SINK]
    object.__setattr__(books.config, "requests_per_second", 10**6)  # pauses are not the subject
    return found


def _loaded(config):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "secret").write_text("simulated-secret")
        path = Path(folder, "subledger.toml")
        path.write_text((_BOOKS + config).format(folder=folder))
        return load_settings(path)

"""The read requests of the PEX API, version 4 (paths and parameters of the vendor's own SDK)."""

import base64
import datetime as dt
from typing import Final, Literal

from attrs import frozen

from subledger_pex.wire.dates import wall

PRODUCTION: Final = "https://coreapi.pexcard.com"
SANDBOX: Final = "https://sandbox-coreapi.pexcard.com"
OAUTH: Final = "https://oauth.pexcard.com"

Style = Literal["token", "bearer"]


@frozen
class Request:
    """One GET: the path below the host, and its query parameters in order."""

    path: str
    params: tuple[tuple[str, str], ...] = ()


def authorization(style: Style, token: str) -> str:
    """The Authorization header: ``token`` for API tokens, ``bearer`` for OAuth access tokens."""
    return f"{'token' if style == 'token' else 'Bearer'} {token}"


def webhook_authorization(secret: str) -> str:
    """The Authorization header of a webhook call: Basic, with the shared secret in base64."""
    return f"Basic {base64.b64encode(secret.encode()).decode()}"


TOKEN: Final = Request("V4/Token/Current")
SETTINGS: Final = Request("V4/Business/Settings")
ACCOUNT: Final = Request("V4/Details/AccountDetails")
TAGS: Final = Request("V4/Business/Configuration/Tags")


def _window(since: dt.date, until: dt.date) -> tuple[tuple[str, str], ...]:
    """Both days whole: the end is the next midnight, so that no last second is left out."""
    return (("StartDate", wall(since)), ("EndDate", wall(until + dt.timedelta(days=1))))


def cardholder_transactions(
    since: dt.date, until: dt.date, *, pending: bool, bills: bool
) -> Request:
    """All card accounts' transactions of whole Eastern days, without declines."""
    return Request(
        "V4/Details/AllCardholderTransactions",
        (
            ("IncludePendings", str(pending)),
            ("IncludeDeclines", "False"),
            ("IncludeVendorBillPay", str(bills)),
            *_window(since, until),
        ),
    )


def business_transactions(since: dt.date, until: dt.date, *, pending: bool) -> Request:
    """The business account's transactions: funding, fees, rebates, moves to and from cards."""
    return Request(
        "V4/Details/TransactionDetails",
        (("IncludePendings", str(pending)), *_window(since, until)),
    )


def attachments(transaction: str) -> Request:
    """The list of a transaction's attachments; the API answers 404 where there are none."""
    return Request(f"V4/Transactions/{transaction}/Attachments")


def attachment(transaction: str, identifier: str) -> Request:
    """One attachment with its content in base64."""
    return Request(
        f"V4/Transactions/{transaction}/Attachment/{identifier}", (("AttachmentLinkType", "Full"),)
    )


def invoices(since: dt.date) -> Request:
    """Invoices of a credit programme from a day on."""
    return Request("V4/Invoices", (("startDate", wall(since)),))


def invoice_payments(invoice: str) -> Request:
    """The payments and credits of an invoice."""
    return Request(f"V4/Invoice/{invoice}/payments")


def invoice_allocations(invoice: str) -> Request:
    """The invoice's spending by tag value."""
    return Request(f"V4/Invoice/{invoice}/allocations")

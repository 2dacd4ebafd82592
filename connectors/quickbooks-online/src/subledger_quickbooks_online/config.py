"""The settings of a QuickBooks Online connection."""

from typing import Final, Literal
from urllib.parse import urlsplit

from attrs import field, frozen

from subledger.config.fields import describe
from subledger.errors import ConfigError, Problem
from subledger.secret import Secret
from subledger_quickbooks_online.pace import MOST_PER_SECOND, PER_SECOND
from subledger_quickbooks_online.wire import requests
from subledger_quickbooks_online.wire.oauth import Endpoints

_HOSTS: Final = {"production": requests.PRODUCTION, "sandbox": requests.SANDBOX}
_THIS_MACHINE: Final = frozenset({"127.0.0.1", "::1", "localhost"})


@frozen(kw_only=True)
class QuickBooksOnlineConfig:
    """One company in QuickBooks Online, reached through an app registered at Intuit."""

    client_id: str = field(
        metadata=describe(
            "Client ID of the app (Intuit developer portal: Keys & credentials).",
            example='"ABCxyz"',
        )
    )
    client_secret: Secret = field(
        metadata=describe(
            "Client secret of the app, by reference.", example='{ env = "QBO_CLIENT_SECRET" }'
        )
    )
    environment: Literal["production", "sandbox"] = field(
        default="production", metadata=describe("Which keys of the app these are.")
    )
    realm: str = field(
        default="",
        metadata=describe(
            "Company ID; empty takes the company that a person connected, any other is refused."
        ),
    )
    webhook_verifier: Secret | None = field(
        default=None,
        metadata=describe("The app's webhook verifier token; without it every call is refused."),
    )
    bank_payments: Literal["cash", "check"] = field(
        default="cash",
        metadata=describe("What money out of a bank account becomes: an expense or a check."),
    )
    transfers: Literal["transfer", "journal_entry"] = field(
        default="transfer",
        metadata=describe("What a transfer between two balance-sheet accounts becomes."),
    )
    location: str = field(
        default="",
        metadata=describe("Full name of the location (department) to put on every document."),
    )
    untaxed_code: str = field(
        default="",
        metadata=describe(
            "Tax code of lines without tax, outside the United States, such as Exempt."
        ),
    )
    minor_version: int = field(
        default=requests.MINOR_VERSION,
        metadata=describe("Minor version of the API; 75 is the lowest that Intuit serves."),
    )
    requests_per_second: int = field(
        default=PER_SECOND,
        metadata=describe("The highest rate of requests; Intuit allows 10, and 500 in a minute."),
    )
    base_url: str = field(
        default="", metadata=describe("Another address of the API, for simulators and proxies.")
    )
    oauth_url: str = field(
        default="", metadata=describe("Another address of the OAuth server, for simulators.")
    )

    def __attrs_post_init__(self) -> None:
        problems = list(_problems(self))
        if problems:
            raise ConfigError(problems)

    @property
    def host(self) -> str:
        """The API's address, without a slash at the end."""
        return (self.base_url or _HOSTS[self.environment]).rstrip("/")

    @property
    def endpoints(self) -> Endpoints:
        """The addresses of the OAuth server."""
        return Endpoints.at(self.oauth_url.rstrip("/")) if self.oauth_url else Endpoints()


def is_private(url: str) -> bool:
    """Whether what is sent there cannot be read on the way."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _THIS_MACHINE)


def _problems(config: QuickBooksOnlineConfig) -> list[Problem]:
    problems: list[Problem] = []
    if config.realm and not config.realm.isdecimal():
        problems.append(
            Problem(
                path="realm",
                message=f"{config.realm!r} is not a company ID",
                hint="It is the long number under Settings, Account, Billing in QuickBooks",
            )
        )
    if not 1 <= config.requests_per_second <= MOST_PER_SECOND:
        problems.append(
            Problem(
                path="requests_per_second",
                message=f"is {config.requests_per_second}",
                hint=f"Set it between 1 and {MOST_PER_SECOND}",
            )
        )
    if config.minor_version < requests.MINOR_VERSION:
        problems.append(
            Problem(
                path="minor_version",
                message=f"is {config.minor_version}, which Intuit no longer serves",
                hint=f"Set it to {requests.MINOR_VERSION} or more, or leave it out",
            )
        )
    problems += [
        Problem(
            path=name,
            message=f"{url!r} is not an https:// address",
            hint="Plain http:// is accepted for this machine only, since the token would be seen",
        )
        for name, url in (("base_url", config.base_url), ("oauth_url", config.oauth_url))
        if url and not is_private(url)
    ]
    return problems

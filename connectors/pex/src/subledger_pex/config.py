"""The settings of a PEX connection."""

from typing import Final, Literal
from urllib.parse import urlsplit

from attrs import field, frozen

from subledger.config.fields import describe
from subledger.errors import ConfigError, Problem
from subledger.secret import Secret
from subledger_pex.wire import requests

_HOSTS: Final = {"production": requests.PRODUCTION, "sandbox": requests.SANDBOX}
_THIS_MACHINE: Final = frozenset({"127.0.0.1", "::1", "localhost"})


@frozen(kw_only=True)
class PexConfig:
    """One PEX business account: either an API token, or an OAuth client with its refresh token."""

    token: Secret | None = field(
        default=None,
        metadata=describe(
            "The API token of an administrator (PEX: Profile, Authorized Apps).",
            example='{ env = "PEX_TOKEN" }',
        ),
    )
    header: Literal["token", "bearer"] = field(
        default="token",
        metadata=describe('How the token is sent: "token" for API tokens, "bearer" for OAuth.'),
    )
    client_id: str = field(
        default="", metadata=describe("The OAuth client's identifier, instead of a token.")
    )
    client_secret: Secret | None = field(
        default=None, metadata=describe("The OAuth client's secret, where it has one.")
    )
    refresh_token: Secret | None = field(
        default=None,
        metadata=describe("The first refresh token; later ones are kept by subledger."),
    )
    environment: Literal["production", "sandbox"] = field(
        default="production", metadata=describe("Which PEX environment the token belongs to.")
    )
    base_url: str = field(
        default="", metadata=describe("Another address of the API, for simulators and proxies.")
    )
    oauth_url: str = field(
        default=requests.OAUTH, metadata=describe("The address of the OAuth server.")
    )
    date: Literal["settlement", "transaction"] = field(
        default="settlement", metadata=describe("Which date of a transaction is its posting date.")
    )
    include_pending: bool = field(
        default=False,
        metadata=describe("Read pending transactions too; they wait until they have settled."),
    )
    bills: bool = field(
        default=True, metadata=describe("Read the card transactions that paid vendors' bills.")
    )
    invoices: bool = field(
        default=True,
        metadata=describe("On a credit programme: read the payments of closed invoices."),
    )
    rebates: Literal["deposit", "distribute"] = field(
        default="deposit",
        metadata=describe(
            "Rebates on invoices: one deposit line, or spread over the invoice's spending by tag."
        ),
    )
    receipts: Literal["none", "link"] = field(
        default="none",
        metadata=describe(
            "Look up the receipts of settled purchases, one request each: the flow links or "
            "attaches them."
        ),
    )
    requests_per_second: int = field(
        default=5, metadata=describe("The highest rate of requests; PEX publishes no limit.")
    )
    webhook_secret: Secret | None = field(
        default=None,
        metadata=describe("The shared secret of PEX webhooks; without it every call is refused."),
    )

    def __attrs_post_init__(self) -> None:
        problems = list(_problems(self))
        if problems:
            raise ConfigError(problems)

    @property
    def host(self) -> str:
        """The API's address, without a slash at the end."""
        return (self.base_url or _HOSTS[self.environment]).rstrip("/")


def _private(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _THIS_MACHINE)


def _problems(config: PexConfig) -> list[Problem]:
    problems: list[Problem] = []
    if bool(config.token) == bool(config.refresh_token):
        problems.append(
            Problem(
                path="token",
                message="exactly one of token and refresh_token is needed",
                hint='Set token = { env = "PEX_TOKEN" } to the API token of an administrator',
            )
        )
    if config.refresh_token and not config.client_id:
        problems.append(
            Problem(
                path="client_id",
                message="is missing, refresh_token is of no use without it",
                hint="Set it to the identifier of the OAuth client",
            )
        )
    if config.requests_per_second < 1:
        problems.append(
            Problem(
                path="requests_per_second",
                message=f"is {config.requests_per_second}",
                hint="Set it to 1 or more",
            )
        )
    problems += [
        Problem(
            path=name,
            message=f"{url!r} is not an https:// address",
            hint="Plain http:// is accepted for this machine only, since the token would be seen",
        )
        for name, url in (("base_url", config.base_url), ("oauth_url", config.oauth_url))
        if url and not _private(url)
    ]
    return problems

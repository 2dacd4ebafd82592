"""The vault: what a connector that was authorised by a person keeps, and how it is renewed."""

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from attrs import field, frozen

from subledger.secret import Secret

if TYPE_CHECKING:
    from subledger.ports.source import Context

C = TypeVar("C")


@frozen(kw_only=True)
class Grant:
    """What an OAuth server gave us for one connection; all moments are aware, in UTC."""

    access: Secret
    """The access token."""
    refresh: Secret
    """The refresh token."""
    expires: dt.datetime
    """End of the access token."""
    refresh_expires: dt.datetime | None = None
    """End of the refresh token where it is not used before; None: not told."""
    reconnect_by: dt.datetime | None = None
    """After this a person has to consent again, whatever is refreshed; None: not told."""
    facts: Mapping[str, str] = field(factory=dict)
    """Plain texts that came with the consent, such as the company's identifier; no secrets."""


class Vault(Protocol):
    """The grant of one connection, encrypted at rest; other processes see the same."""

    async def grant(self) -> Grant | None:
        """The newest grant; None where nobody has connected yet."""
        ...

    async def keep(self, grant: Grant) -> None:
        """Stores a grant durably; it may be used once this returns."""
        ...

    async def renewed(self, stale: Grant, renew: Callable[[Grant], Awaitable[Grant]]) -> Grant:
        """A grant newer than ``stale``: another's if somebody has renewed it, else ``renew``'s.

        ``renew`` is called by one caller at a time in all processes, with the stored grant; its
        result is stored before anybody gets it. What ``renew`` raises is raised here, and the
        stored grant stays as it is. Raises :class:`AuthenticationError` where there is no grant.
        """
        ...

    async def forget(self) -> None:
        """Removes the grant: the connection has to be authorised again."""
        ...


@frozen(kw_only=True)
class Consent:
    """One attempt to be let in (RFC 6749, RFC 7636)."""

    state: str
    """Goes into the address, and comes back with the browser; the kernel compares it."""
    verifier: str
    """The PKCE code verifier; a secret of this attempt."""
    redirect: str
    """The address of ours that the browser is sent back to."""


@frozen(kw_only=True)
class Authorization(Generic[C]):
    """How a person lets us into an outside system (OAuth 2, authorization code with PKCE)."""

    address: Callable[[C, Consent], str]
    """Where the browser goes. Pure."""
    exchange: Callable[[C, "Context", Consent, Mapping[str, str]], Awaitable[Grant]]
    """Trades the parameters that came back for a grant; raises :class:`ConnectorError` subclasses.
    """
    revoke: Callable[[C, "Context", Grant], Awaitable[None]] | None = None
    """Gives the grant up at the vendor; raises :class:`ConnectorError` subclasses."""

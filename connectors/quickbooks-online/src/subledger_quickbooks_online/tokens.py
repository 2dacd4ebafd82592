"""Access tokens: renewed early, by one caller at a time, and stored before they are used."""

import datetime as dt
from typing import Final

from attrs import define, field

from subledger.errors import TemporaryError
from subledger.ports import Context, Grant
from subledger_quickbooks_online import errors
from subledger_quickbooks_online.config import QuickBooksOnlineConfig, is_private
from subledger_quickbooks_online.grants import NotGranted, grant_of
from subledger_quickbooks_online.wire import oauth

EARLY: Final = dt.timedelta(minutes=5)
"""How long before its end an access token is renewed."""
TOKEN_ENDPOINT: Final = "token_endpoint"  # noqa: S105 - the name of a fact
"""The fact of a grant that names the token endpoint, as it was discovered."""


@define
class Tokens:
    """The access tokens of one connection."""

    _config: QuickBooksOnlineConfig
    _context: Context
    _grant: Grant | None = field(default=None, init=False)

    async def current(self) -> Grant:
        """A grant whose access token is valid for some minutes.

        Raises AuthenticationError where a person has to connect (again), TemporaryError where the
        token has expired and the OAuth server does not answer.
        """
        grant = self._grant or await self._context.vault.grant()
        if grant is None:
            raise errors.not_connected()
        self._grant = grant
        now = self._context.runtime.now()
        if grant.expires - EARLY > now:
            return grant
        try:
            return await self.renew(grant)
        except TemporaryError:
            if grant.expires <= now:
                raise
            self._context.log.warning("quickbooks_online.renewal_put_off")
            return grant

    async def renew(self, stale: Grant) -> Grant:
        """A grant newer than ``stale``: another caller's, or one that is asked for now."""
        self._grant = await self._context.vault.renewed(stale, self._refreshed)
        return self._grant

    async def _refreshed(self, stored: Grant) -> Grant:
        try:
            return await self._refresh(stored)
        except NotGranted:
            # somebody without the vault's turn may have stored a newer token meanwhile
            newer = await self._context.vault.grant()
            if newer is None or newer.refresh == stored.refresh:
                raise
            return await self._refresh(newer)

    async def _refresh(self, grant: Grant) -> Grant:
        known = grant.facts.get(TOKEN_ENDPOINT, "")
        post = oauth.refresh(
            known
            if is_private(known) and not self._config.oauth_url
            else self._config.endpoints.token,
            client=self._config.client_id,
            secret=self._config.client_secret.reveal(),
            token=grant.refresh.reveal(),
        )
        runtime = self._context.runtime
        response = await runtime.http("POST", post.url, headers=post.headers, body=post.body)
        tid = response.headers.get("intuit_tid", "")
        self._context.log.info("quickbooks_online.renewed", status=response.status, tid=tid)
        return grant_of(
            response.status, response.body, now=runtime.now(), facts=grant.facts, tid=tid
        )

"""The Syncro source: what one connection reads."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from subledger.ports import Context, ExtractRequest, Page
from subledger_syncro import checking, view
from subledger_syncro.client import SyncroClient
from subledger_syncro.config import SyncroConfig
from subledger_syncro.run import Run


@asynccontextmanager
async def open_source(config: SyncroConfig, context: Context) -> AsyncIterator["SyncroSource"]:
    """A source for one connection."""
    client = SyncroClient(
        host=config.host,
        token=config.api_token,
        context=context,
        per_minute=config.requests_per_minute,
    )
    yield SyncroSource(config, context, client)


class SyncroSource:
    """One account. Raises ConnectorError subclasses only."""

    def __init__(self, config: SyncroConfig, context: Context, client: SyncroClient) -> None:
        self._config = config
        self._context = context
        self._client = client

    async def check(self) -> Sequence[str]:
        """Says whose token it is, which time zone dates are in, and which permissions it lacks."""
        return await checking.sentences(self._client, self._config, writes=False)

    async def extract(self, request: ExtractRequest) -> AsyncIterator[Page]:
        """What changed since the cursor; first what was posted from ``request.since`` on.

        Documents dated after ``request.until`` come as well: their change is told only once.
        Pages without records show that the run is alive while it reads long lists. Reading twice
        from one cursor gives a superset.
        """
        zone = await checking.time_zone(self._client, self._config)
        seen = view.of_config(self._config, zone)
        account, now = await checking.account(self._client), self._context.runtime.now()
        run = Run(self._config, self._client, request, seen, account=account, now=now)
        async for page in run.pages():
            yield page

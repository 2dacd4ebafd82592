"""The PEX source: settings and tags once, then window by window, oldest first."""

import base64
import binascii
import datetime as dt
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from attrs import evolve

from subledger.errors import AuthenticationError, ConnectorError
from subledger.model.kinds import DEPOSIT, TRANSFER
from subledger.ports import Context, ExtractRequest, File, Page, RawRecord
from subledger_pex import errors, frame
from subledger_pex.client import PexClient
from subledger_pex.config import PexConfig
from subledger_pex.credentials import Credentials, FixedToken
from subledger_pex.credit import Dated, invoice_payments
from subledger_pex.frame import Frame, TagDefinition
from subledger_pex.oauth import Client, RefreshingToken
from subledger_pex.plan import plan
from subledger_pex.reading import TransactionReader
from subledger_pex.wire import requests
from subledger_pex.wire.dates import day_of, today

_PAGE: Final = 500
_WARN_DAYS: Final = 30
_IMAGES: Final = {b"\x89P": "image/png", b"GI": "image/gif", b"\xff\xd8": "image/jpeg"}
"""Media types by the first two bytes of a file."""


@asynccontextmanager
async def open_source(config: PexConfig, context: Context) -> AsyncIterator["PexSource"]:
    """A source for one connection."""
    client = PexClient(
        host=config.host,
        credentials=_credentials(config, context),
        context=context,
        per_second=config.requests_per_second,
    )
    yield PexSource(config, context, client)


async def fetch(config: PexConfig, context: Context, url: str) -> File:
    """A receipt; ``url`` is the transaction's number and the file's, joined by a slash."""
    number, _slash, identifier = url.partition("/")
    async with open_source(config, context) as source:
        return await source.file(number, identifier)


def _credentials(config: PexConfig, context: Context) -> Credentials:
    if config.token is not None:
        return FixedToken(config.token, config.header)
    if config.refresh_token is None:
        raise AuthenticationError("There is no way into PEX.", hint="Set token or refresh_token.")
    return RefreshingToken(
        client=Client(oauth_url=config.oauth_url, id=config.client_id, secret=config.client_secret),
        first=config.refresh_token,
        vault=context.vault,
        runtime=context.runtime,
    )


class PexSource:
    """One business account. Raises ConnectorError subclasses only."""

    def __init__(self, config: PexConfig, context: Context, client: PexClient) -> None:
        self._config = config
        self._context = context
        self._client = client

    async def check(self) -> Sequence[str]:
        """Reads token, settings, account and tags; says which business it is."""
        expiry = await self._expiry()
        settings = await self._client.get_object(requests.SETTINGS)
        account = await self._client.get_object(requests.ACCOUNT)
        programme = "credit" if frame.is_credit(settings) else "prepaid"
        business = (
            f"Connected to {account.get('BusinessName')} (business account "
            f"{account.get('BusinessAccountId')}), a {programme} programme."
        )
        tags = await self._tags(settings)
        no_tags = ["Tags are switched off in PEX: default accounts apply."] if tags is None else []
        return [business, *expiry, *no_tags]

    async def extract(self, request: ExtractRequest) -> AsyncIterator[Page]:
        """The records whose posting date lies in the request, window by window, oldest first.

        The cursor moves with each whole window, so a run that was stopped goes on there.
        """
        settings = await self._client.get_object(requests.SETTINGS)
        account = await self._client.get_object(requests.ACCOUNT)
        view = Frame(
            date=self._config.date,
            rebates=self._config.rebates,
            credit=frame.is_credit(settings),
            cardholders=frame.cardholders_of(account),
            tags=await self._tags(settings),
        )
        work = plan(request, by_settlement=self._config.date == "settlement", today=self._today())
        payments = await self._invoice_payments(request, view)
        reader = TransactionReader(self._config, self._client, request, view)
        done = work.of - len(work.windows)
        for since, until in work.windows:
            paid = [record for date, record in payments if date <= until]
            payments = payments[len(paid) :]
            records = _viewed([*paid, *await reader.read(since, until)], view)
            while len(records) > _PAGE:
                yield Page(records=records[:_PAGE], done=done, of=work.of)
                records = records[_PAGE:]
            done += 1
            yield Page(records=records, cursor=work.cursor(until), done=done, of=work.of)

    async def file(self, number: str, identifier: str) -> File:
        """One receipt of a transaction, with its content."""
        answer = await self._client.get_object(requests.attachment(number, identifier))
        try:
            content = base64.b64decode(str(answer.get("Content") or ""), validate=True)
        except binascii.Error as error:
            raise ConnectorError(
                "PEX handed over a receipt that cannot be read.", detail=str(error)
            ) from error
        if not content:
            raise ConnectorError("PEX has no content for this receipt.")
        pdf = content.startswith(b"%PDF")
        media = "application/pdf" if pdf else _IMAGES.get(content[:2], "image/jpeg")
        name = f"receipt-{identifier}.{media.rpartition('/')[2].replace('jpeg', 'jpg')}"
        return File(name=name, media_type=media, content=content)

    def _today(self) -> dt.date:
        return today(self._context.runtime.now())

    async def _expiry(self) -> list[str]:
        """A sentence about an API token that expires soon."""
        if self._config.token is None or self._config.header == "bearer":
            return []
        token = await self._client.get_object(requests.TOKEN)
        try:
            expires = day_of(str(token.get("TokenExpiration")))
        except ValueError:
            return []
        if (expires - self._today()).days > _WARN_DAYS:
            return []
        return [f"The token expires on {expires.isoformat()}: replace it before that day."]

    async def _tags(self, settings: Mapping[str, Any]) -> Mapping[str, TagDefinition] | None:
        """Tag definitions; None where the business does not use tags."""
        if not settings.get("TagsEnabled"):
            return None
        try:
            return frame.tags_of(await self._client.get_list(requests.TAGS))
        except errors.TagsOff:
            return None

    async def _invoice_payments(self, request: ExtractRequest, view: Frame) -> list[Dated]:
        if not (view.credit and self._config.invoices and request.kinds & {TRANSFER, DEPOSIT}):
            return []
        return await invoice_payments(
            self._client,
            request.since,
            request.until,
            allocations=self._config.rebates == "distribute",
        )


def _viewed(records: Sequence[RawRecord], view: Frame) -> list[RawRecord]:
    """The records with the view they are read in, narrowed to their cardholders."""
    accounts = {str(record.data.get("Transaction", {}).get("AcctId")) for record in records}
    names = {id_: name for id_, name in view.cardholders.items() if id_ in accounts}
    context = frame.dump(evolve(view, cardholders=names))
    return [evolve(record, context=context) for record in records]

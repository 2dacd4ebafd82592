"""The connector to the invented system: a source in its smallest complete form."""

import datetime as dt
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from attrs import field, frozen

from subledger.config.fields import describe
from subledger.errors import AuthenticationError, TemporaryError
from subledger.manifest import Capability, Direction, Frequency, Manifest, Operation, Role
from subledger.model import PAID_AT_ONCE, Entity, amount_of, kinds
from subledger.model.kinds import Kind
from subledger.model.stored import load
from subledger.money import Money
from subledger.ports import Context, ExtractRequest, File, Page, RawRecord, SourceType
from subledger.runtime import HttpResponse
from subledger.secret import Secret

PICTURE: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c636800000082008177cd72b60000000049454e44ae426082"
)
"""A picture of one grey point."""

_OFTEN: Final = Frequency(default=dt.timedelta(hours=1), minimum=dt.timedelta(minutes=1))


@frozen(kw_only=True)
class InventedConfig:
    """A connection to an invented system."""

    url: str = field(metadata=describe("Where the system answers."))
    token: Secret = field(metadata=describe("Token of an API user."))


@frozen
class InventedSource:
    """Reads the changes since the last run, oldest first."""

    config: InventedConfig
    context: Context

    async def check(self) -> Sequence[str]:
        """Proves that the token works."""
        await self._changes(0)
        return ("The system answers.",)

    async def extract(self, request: ExtractRequest) -> AsyncIterator[Page]:
        """The pages of a run; the number of the last change is the cursor."""
        after = int(request.cursor or 0)
        while changes := await self._changes(after):
            after = changes[-1]["number"]
            wanted = [change for change in changes if change["kind"] in request.kinds]
            yield Page(records=[_raw(change) for change in wanted], cursor=str(after))

    async def _changes(self, after: int) -> Sequence[Mapping[str, Any]]:
        response = await self.context.runtime.http(
            "GET",
            f"{self.config.url}/changes",
            headers={"Authorization": f"Bearer {self.config.token.reveal()}"},
            params={"after": str(after)},
        )
        found: Sequence[Mapping[str, Any]] = content(response, "changes")["changes"]
        return found


def content(response: HttpResponse, *fields: str) -> Mapping[str, Any]:
    """The table in a good answer, with these fields. Raises ConnectorErrors for every other one."""
    if response.status in (401, 403):
        raise AuthenticationError("The token is not accepted.", hint="Make a new one.")
    wait = response.headers.get("retry-after", "")
    if response.status == 429 or response.status >= 500:  # noqa: PLR2004 - HTTP's own numbers
        raise TemporaryError(
            f"The system answered with status {response.status}.",
            retry_after=float(wait) if wait.isdecimal() else None,
        )
    try:
        found = response.json()
    except ValueError as error:
        raise TemporaryError("The system did not answer with JSON.") from error
    if not isinstance(found, dict) or not found.keys() >= set(fields):
        raise TemporaryError("The answer is not one that the system gives.")
    return found


def _raw(change: Mapping[str, Any]) -> RawRecord:
    kind = Kind(change["kind"])
    return RawRecord(id=change["id"], data={"record": change["record"]}, makes=frozenset({kind}))


def normalise(raw: RawRecord) -> Iterable[Entity]:
    """The entity of a record; none where it was deleted."""
    return [load(raw.data["record"])] if raw.data["record"] else []


def balance(raw: RawRecord) -> Money | None:
    """What a record moves."""
    moved = [amount_of(entity) for entity in normalise(raw)]
    return moved[0] if moved else None


async def fetch(_config: InventedConfig, _context: Context, url: str) -> File:
    """The file at an address: each is the same small picture."""
    return File(name=url.rpartition("/")[2], media_type="image/png", content=PICTURE)


@asynccontextmanager
async def opened(config: InventedConfig, context: Context) -> AsyncIterator[InventedSource]:
    """A source for one connection."""
    yield InventedSource(config, context)


def source_type(
    name: str, title: str, roles: Iterable[Role], of: Iterable[Kind]
) -> SourceType[InventedConfig]:
    """An invented source with a name of its own, for some roles and kinds."""
    return SourceType(
        manifest=Manifest(
            name=name,
            title=title,
            api=2,
            direction=Direction.SOURCE,
            roles=roles,
            kinds=dict.fromkeys(of, frozenset({Operation.READ})),
            frequency=_OFTEN,
            capabilities=(Capability.INCREMENTAL,),
        ),
        config=InventedConfig,
        open=opened,
        normalise=normalise,
        balance=balance,
        fetch=fetch,
    )


INVENTED_CARDS: Final = source_type(
    "invented-cards",
    "Invented cards",
    (Role.CARD_PLATFORM,),
    (kinds.CARD_TRANSACTION, kinds.FEE, kinds.TRANSFER, kinds.DEPOSIT),
)
"""A card platform."""

INVENTED_PSA: Final = source_type(
    "invented-psa",
    "Invented PSA",
    (Role.PSA,),
    (
        *(kinds.CUSTOMER, kinds.ITEM, kinds.INVOICE, kinds.CREDIT_MEMO, kinds.PAYMENT),
        *(kinds.REFUND, kinds.VENDOR, kinds.PURCHASE_ORDER, kinds.BILL),
        *PAID_AT_ONCE,
    ),
)
"""A service business's system."""

INVENTED_RECORDS: Final = source_type("invented-records", "Invented records", (), kinds.KNOWN)
"""A source of every kind, for flows without a recipe."""

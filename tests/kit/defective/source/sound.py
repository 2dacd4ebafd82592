"""A sound source of an invented card platform; each defective one changes it in one place."""

import asyncio
import datetime as dt
import hmac
import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

from attrs import evolve, field, frozen

from subledger.config.fields import describe
from subledger.errors import (
    AuthenticationError,
    ConfigError,
    ConnectorError,
    Problem,
    RecordRejected,
    TemporaryError,
)
from subledger.hooks import hookimpl
from subledger.manifest import Capability, Direction, Frequency, Manifest, Operation, Role
from subledger.model import Attachment, Entity, Line, Movement, Party, Reference, Way, kinds
from subledger.money import Money
from subledger.ports import (
    Context,
    ExtractRequest,
    File,
    Page,
    RawRecord,
    SourceType,
    WebhookVerdict,
)
from subledger.runtime import HttpResponse
from subledger.secret import Secret
from subledger.testing import Fault, Held, Scenario, SourceContract, Trouble

READ = frozenset({Operation.READ})
MANIFEST = Manifest(
    name="acme",
    title="Acme Cards",
    api=2,
    direction=Direction.SOURCE,
    roles=(Role.CARD_PLATFORM,),
    kinds=dict.fromkeys((kinds.CARD_TRANSACTION, kinds.VENDOR, kinds.ATTACHMENT), READ),
    frequency=Frequency(default=dt.timedelta(hours=1), minimum=dt.timedelta(minutes=1)),
    capabilities=(Capability.INCREMENTAL, Capability.WEBHOOKS),
    limits=("Refunds of refunds are not read.",),
)


@frozen(kw_only=True)
class Config:
    """A connection to Acme."""

    url: str = field(metadata=describe("Where Acme answers."))
    token: Secret = field(metadata=describe("The token of an administrator."))
    page_size: int = field(default=4, metadata=describe("How many records a page has."))

    def __attrs_post_init__(self) -> None:
        if not 1 <= self.page_size <= 500:
            raise ConfigError([Problem(path="page_size", message="is not from 1 to 500")])


@frozen
class Source:
    """Reads what was recorded since the cursor, each vendor before the first purchase there."""

    config: Config
    context: Context

    async def check(self) -> Sequence[str]:
        """Who we are."""
        me = await self.get("me")
        return (f"Connected to {me['name']}.",)

    async def extract(self, request: ExtractRequest) -> AsyncIterator[Page]:
        """Page by page; the number of the last row is the cursor."""
        after, known = int(request.cursor or 0), set()
        while rows := (await self.get("rows", after=after, limit=self.config.page_size))["rows"]:
            records = []
            for row in rows:
                if row["vendor"]["id"] not in known:
                    known.add(row["vendor"]["id"])
                    records.append(self.record(row, "vendor"))
                records.append(self.record(row, "purchase"))
            after = rows[-1]["number"]
            yield self.page(records, after)

    def record(self, row: Mapping[str, Any], sort: str) -> RawRecord:
        """A row as a raw record."""
        if sort == "vendor":
            made = frozenset({kinds.VENDOR})
            return RawRecord(id=row["vendor"]["id"], data={"vendor": row["vendor"]}, makes=made)
        made = frozenset({kinds.CARD_TRANSACTION, kinds.ATTACHMENT})
        return RawRecord(id=row["id"], data={"purchase": row}, makes=made)

    def page(self, records: list[RawRecord], after: int) -> Page:
        """A page with its cursor."""
        return Page(records=records, cursor=str(after))

    async def get(self, path: str, **params: Any) -> Any:
        """An answer's JSON. Raises ConnectorError."""
        response = await self.context.runtime.http(
            "GET",
            f"{self.config.url}/{path}",
            headers={"Authorization": f"Bearer {self.config.token.reveal()}"},
            params={name: str(value) for name, value in params.items()},
        )
        if response.status == 401:
            raise AuthenticationError("Acme does not know the token.", hint="Make a new one.")
        if response.status == 429:
            raise self.throttled(response)
        if response.status >= 500:
            raise self.unavailable()
        try:
            return self.parsed(response)
        except ValueError as error:
            raise TemporaryError("Acme's answer cannot be read.") from error

    def parsed(self, response: HttpResponse) -> Any:
        """The body."""
        return response.json()

    def throttled(self, response: HttpResponse) -> ConnectorError:
        """Acme asked to slow down."""
        wait = float(response.headers.get("retry-after", "60"))
        return TemporaryError("Acme asks to slow down.", retry_after=wait)

    def unavailable(self) -> ConnectorError:
        """Acme has trouble."""
        return TemporaryError("Acme could not answer.")


def opener(cls: type[Source]) -> Any:
    """Opens a class of sources."""

    @asynccontextmanager
    async def opened(config: Config, context: Context) -> AsyncIterator[Source]:
        yield cls(config, context)

    return opened


def normalise(raw: RawRecord) -> Sequence[Entity]:
    """The entities of a record."""
    try:
        if "vendor" in raw.data:
            vendor = raw.data["vendor"]
            return [Party(id=_text(vendor["id"]), name=_text(vendor["name"]))]
        return list(_purchase(raw.data["purchase"]))
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise RecordRejected(f"It cannot be read: {error!r:.60}", category="unreadable") from error


def _purchase(row: Mapping[str, Any]) -> Iterator[Entity]:
    amount = Money.of(row["amount"])
    yield Movement(
        id=_text(row["id"]),
        way=Way.OUT if amount < Money(0) else Way.IN,
        amount=abs(amount),
        date=dt.date.fromisoformat(row["date"]),
        description=_text(row.get("note") or ""),
        party=Reference(kind=kinds.VENDOR, record=_text(row["vendor"]["id"])),
        lines=(Line(amount=abs(amount)),),
        detail={"mcc": _text(row["mcc"])} if "mcc" in row else {},
    )
    for one in row.get("files") or ():
        yield Attachment(
            kind=kinds.ATTACHMENT,
            id=_text(one),
            document=Reference(kind=kinds.CARD_TRANSACTION, record=_text(row["id"])),
            name=f"{one}.png",
            url=_text(one),
        )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text")
    return value


def balance(raw: RawRecord) -> Money | None:
    """The signed change of the account."""
    try:
        return Money.of(raw.data["purchase"]["amount"])
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError):
        return None


def judge(config: Config, headers: Mapping[str, str], body: bytes) -> WebhookVerdict:
    """Only calls that know the token are heard."""
    del body
    given = headers.get("authorization", "").encode()
    if hmac.compare_digest(given, f"Bearer {config.token.reveal()}".encode()):
        return WebhookVerdict.RUN
    return WebhookVerdict.REFUSED


async def fetch(config: Config, context: Context, url: str) -> File:
    """A receipt."""
    answer = await Source(config, context).get(f"files/{url}")
    return File(name=f"{url}.png", media_type="image/png", content=answer["content"].encode())


SOURCE: SourceType[Any] = SourceType(
    manifest=MANIFEST,
    config=Config,
    open=opener(Source),
    normalise=normalise,
    balance=balance,
    webhook=judge,
    fetch=fetch,
)


def of(cls: type[Source], **changes: Any) -> SourceType[Any]:
    """The sound source with another class of sources, or other values."""
    return evolve(SOURCE, open=opener(cls), **changes)


ROWS = [
    {
        "number": number,
        "id": f"p{number}",
        "amount": f"-{number}.50" if number != 5 else "7.25",
        "rate": "RATE",
        "date": f"2026-03-{number:02}",
        "note": f"note {number}",
        "vendor": {"id": f"v{number % 3}", "name": f"Shop {number % 3}"},
        "mcc": "5943",
        "files": [f"f{number}"] if number % 4 == 0 else [],
    }
    for number in range(1, 11)
]


class Outside:
    """Acme with ten purchases, and one more each time that something happens."""

    settings: ClassVar[Mapping[str, Any]] = {"url": "https://acme.example", "token": "right-token"}

    def __init__(self) -> None:
        self.rows = list(ROWS)

    def holds(self) -> list[Held]:
        """Every purchase, and every vendor of one."""
        sales = [
            Held(
                id=row["id"],
                version=row,
                date=dt.date.fromisoformat(row["date"]),
                kind=kinds.CARD_TRANSACTION,
                moves=Money.of(row["amount"]),
            )
            for row in self.rows
        ]
        vendors = {row["vendor"]["id"] for row in self.rows}
        return [*sales, *(Held(id=one, kind=kinds.VENDOR) for one in vendors)]

    def change(self) -> None:
        """Somebody buys something, and what was bought before is told once more, as changed."""
        number = self.rows[-1]["number"]
        self.rows.append({**self.rows[0], "number": number + 1, "note": "changed"})
        self.rows.append({**self.rows[1], "number": number + 2, "id": f"p{number + 2}"})

    async def http(self, _method: str, url: str, **more: Any) -> HttpResponse:
        """The door."""
        if more["headers"]["Authorization"] != "Bearer right-token":
            return HttpResponse(status=401, headers={}, body=b"")
        path, params = urlsplit(url).path, dict(more.get("params") or {})
        if path == "/rows":
            after, limit = int(params["after"]), int(params["limit"])
            rows = [row for row in self.rows if row["number"] > after][:limit]
            return _answer({"rows": rows})
        return _answer({"name": "Northwind", "content": "a picture"})


def _answer(body: Any) -> HttpResponse:
    content = json.dumps(body).replace('"RATE"', "1.25").encode()
    return HttpResponse(status=200, headers={}, body=content)


class Contract(SourceContract):
    """What the author of the sound source writes."""

    type = SOURCE
    golden = Path(__file__).parent / "golden"
    longest_callback = 0.05
    cancellations = 6
    resumptions = 3
    scenarios = (
        Scenario(name="works"),
        Scenario(name="wrong token", settings={"token": "wrong"}, raises=AuthenticationError),
        Scenario(name="throttled", fault=Fault(what=Trouble.THROTTLED), raises=TemporaryError),
    )

    def outside(self, clock: Any) -> Any:
        """Acme anew."""
        del clock
        return Outside()


def plugin(source: SourceType[Any]) -> Any:
    """The hook that registers a source."""

    @hookimpl
    def register_sources() -> Sequence[SourceType[Any]]:
        return (source,)

    return register_sources


register_sources = plugin(SOURCE)
BREAKS = ""
REQUIRES: tuple[str, ...] = ("subledger>=0.1",)

__all__ = [
    "MANIFEST",
    "READ",
    "SOURCE",
    "Config",
    "Contract",
    "Source",
    "asyncio",
    "balance",
    "fetch",
    "judge",
    "normalise",
    "of",
    "plugin",
]

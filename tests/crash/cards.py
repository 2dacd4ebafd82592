"""The real PEX connector in front of its simulator, without sockets."""

import asyncio
import datetime as dt
from functools import lru_cache

from attrs import define, evolve, field, frozen
from multidict import CIMultiDict
from yarl import URL

from subledger.model.kinds import CARD_TRANSACTION, FEE, TRANSFER
from subledger.model.marker import marker
from subledger.runtime import HttpResponse
from subledger_pex.simulator import Simulation, generate_business, wall
from subledger_pex.simulator.app import create_app
from subledger_pex.simulator.landmarks import plain

from .office import PASSWORD
from .wanted import Wanted

SINCE = dt.date(2026, 2, 1)
_DAY = dt.date(2026, 3, 25)
_KINDS = {"wire_in": TRANSFER, "business_fee": FEE}
_ANY = ("Office Supplies", "Fuel", "Telephone", "Utilities", "Travel:Meals")


@lru_cache
def _business():
    """A purchase that is split, its refund, a wire transfer and a fee, all settled."""
    whole = generate_business(seed=1, transactions=1, today=_DAY)
    named = ("split_example", "split_example_refund", "wire_in")
    chosen = [whole.landmarks[name] for name in named]
    fee = [t for t in whole.transactions if t.kind == "business_fee" and t.time.date() >= SINCE][-1]
    kept = tuple(t for t in whole.transactions if t.id in (*chosen, fee.id))
    recent = dt.datetime(2026, 3, 10, 15, tzinfo=dt.UTC)
    return evolve(
        whole,
        transactions=tuple(
            t if t.time.date() >= SINCE else evolve(t, time=recent, settlement=recent) for t in kept
        ),
    )


@frozen
class _Request:
    """A request without a body, as far as the simulator looks at it."""

    method: str
    path: str
    query: object
    headers: CIMultiDict
    can_read_body: bool = False
    transport: None = None


@define
class Cards:
    """A simulated PEX business; `changed` counts what its users did."""

    simulation: Simulation = field(factory=lambda: Simulation.of(_business(), token=PASSWORD))
    changed: int = 0
    _tags: dict[int, str] = field(factory=dict)
    _handle: object = field(init=False)

    def __attrs_post_init__(self):
        (route,) = create_app(self.simulation, monotonic=lambda: 0.0).router.routes()
        self._handle = route.handler

    async def http(self, method, url, *, headers=None, params=None, body=None, timeout=30.0):  # noqa: ASYNC109
        """The HTTP port: a request on its way, the simulator's answer, and the way back."""
        await asyncio.sleep(0)
        assert body is None, "this connector only reads"
        target = URL(url).with_query(params or [])
        request = _Request(method, target.path, target.query, CIMultiDict(headers or {}))
        response = await self._handle(request)
        await asyncio.sleep(0)
        return HttpResponse(
            status=response.status,
            headers={name.lower(): text for name, text in response.headers.items()},
            body=response.body,
        )

    def retag(self, rng):
        """Somebody chooses another account for a purchase and for its refund."""
        for item in self.simulation.transactions:
            if item.merchant is not None:
                self._tags[item.id] = rng.choice(_ANY)
                self.simulation.change(item, tags=plain(self._tags[item.id], "Clinic"))
                self.changed += 1

    def wanted(self):
        """The documents that the books are to show."""
        for item in self.simulation.transactions:
            kind = _KINDS.get(item.kind, CARD_TRANSACTION)
            account = self._tags.get(item.id)
            yield Wanted(
                mark=marker(kind, str(item.id)),
                cents=item.cents,
                date=wall(item.settlement).date().isoformat(),
                other={(account, "Clinic"): abs(item.cents)} if account else None,
            )

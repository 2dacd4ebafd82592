"""Connectors of the invented systems with one carelessness each, which only a crash shows."""

from contextlib import asynccontextmanager

from attrs import evolve, frozen

from subledger.errors import TemporaryError
from subledger.ports import Absent, Page, Posted, Unknown
from subledger.testing.invented import INVENTED_CARDS, INVENTED_LEDGER


@frozen
class _Around:
    """A connector as it is, but for what a subclass changes."""

    real: object

    def __getattr__(self, name):
        return getattr(self.real, name)


def _with(type_, wrapper, context=lambda context: context):
    """The registered type with its opened connector in a wrapper."""

    @asynccontextmanager
    async def opened(config, given):
        async with type_.open(config, context(given)) as real:
            yield wrapper(real)

    return evolve(type_, open=opened)


def _keyless(context):
    async def http(method, url, *, headers=None, **more):
        kept = {k: v for k, v in (headers or {}).items() if k != "Idempotency-Key"}
        return await context.runtime.http(method, url, headers=kept, **more)

    return evolve(context, runtime=evolve(context.runtime, http=http))


class _Hasty(_Around):
    async def find(self, delivery):
        """Does not look."""
        return Absent("nobody has looked")


class _Sure(_Around):
    async def find(self, delivery):
        """Does not look either."""
        return Posted(type=delivery.kind, id="1", amount=delivery.entity.effect, account="Card")


class _Denying(_Around):
    async def deliver(self, deliveries):
        """Takes a lost answer for a request that never arrived."""
        outcomes = await self.real.deliver(deliveries)
        if any(isinstance(outcome, Unknown) for outcome in outcomes):
            raise TemporaryError("no answer")
        return outcomes


class _Ahead(_Around):
    async def extract(self, request):
        """Gives the last cursor with the first page."""
        pages = [page async for page in self.real.extract(request)]
        for page in pages:
            yield Page(records=page.records, cursor=pages[-1].cursor)


class _Forgetful(_Around):
    async def extract(self, request):
        """Takes a broken connection for the end of what there is, and moves on."""
        try:
            async for page in self.real.extract(request):
                yield page
        except TemporaryError:
            yield Page(records=[], cursor="1000")


KEYLESS = _with(INVENTED_LEDGER, lambda sink: sink, _keyless)
"""A sink that forgets the idempotency key."""
HASTY = _with(INVENTED_LEDGER, _Hasty)
"""A sink whose find() says too early that nothing is there."""
SURE = _with(INVENTED_LEDGER, _Sure)
"""A sink whose find() says that a write was done without a look."""
DENYING = _with(INVENTED_LEDGER, _Denying, _keyless)
"""A sink that says of a lost answer that certainly nothing was written."""
AHEAD = _with(INVENTED_CARDS, _Ahead)
"""A source whose cursor runs ahead of its records."""
FORGETFUL = _with(INVENTED_CARDS, _Forgetful)
"""A source that takes a broken connection for the end."""

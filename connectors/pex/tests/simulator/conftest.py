"""A running simulator and a small client for its tests."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from aiohttp import ClientSession
from attrs import define

from subledger_pex.simulator import Business, Simulation, generate_business
from subledger_pex.simulator.server import serving

TODAY = date(2026, 4, 10)


@define(repr=False)  # asyncio looks at the text of what a fixture returns, which would be a year
class Caller:
    """Calls the simulator; JSON numbers come back as Decimal."""

    session: ClientSession
    url: str
    simulation: Simulation
    authorization: str = "token demo-token"

    async def call(self, method: str, path: str, body: Any = None, **query: Any) -> tuple[int, Any]:
        """Any request; the status and the parsed body."""
        headers = {"Authorization": self.authorization} if self.authorization else {}
        async with self.session.request(
            method, self.url + path, headers=headers, json=body, params=query
        ) as response:
            text = await response.text()
            return response.status, json.loads(text, parse_float=Decimal) if text else None

    async def get(self, path: str, **query: Any) -> Any:
        """The body of a successful read."""
        status, body = await self.call("GET", f"/v4/{path}", **query)
        assert status == 200, body
        return body

    async def admin(self, method: str, path: str, body: Any = None) -> Any:
        """The body of a successful order to the simulator."""
        status, answer = await self.call(method, f"/_simulator/{path}", body)
        assert status == 200, answer
        return answer

    async def rows(self, path: str = "Details/AllCardholderTransactions", **query: Any) -> Any:
        """The rows of a transaction list."""
        return (await self.get(path, **query))["TransactionList"]


@pytest.fixture(scope="session")
def prepaid() -> Business:
    return generate_business(seed=1, transactions=600, today=TODAY)


@pytest.fixture(scope="session")
def credit() -> Business:
    return generate_business(seed=1, transactions=600, today=TODAY, funding="credit")


@pytest.fixture
async def open_caller() -> AsyncIterator[Callable[[Business], Any]]:
    async with AsyncExitStack() as stack:

        async def start(business: Business) -> Caller:
            simulation = Simulation.of(business)
            url = await stack.enter_async_context(serving(simulation))
            session = await stack.enter_async_context(ClientSession())
            return Caller(session, url, simulation)

        yield start


@pytest.fixture
async def pex(open_caller, prepaid) -> Caller:
    return await open_caller(prepaid)


@pytest.fixture
async def pex_credit(open_caller, credit) -> Caller:
    return await open_caller(credit)


@pytest.fixture
def landmark(pex) -> Callable[[str], int]:
    return lambda name: pex.simulation.business.landmarks[name]

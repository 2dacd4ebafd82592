"""A world of cards: PEX, the kernel with its doors, and books in QuickBooks Online."""

import datetime as dt
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from passing import Clock
from service_world import SECRETS, ServiceWorld, connect, listening, open_kernel, open_online
from world import REGISTER, TOKEN, business, company_tables, since

from subledger_pex.simulator import Simulation
from subledger_pex.simulator.server import serving as pex_serving
from subledger_quickbooks_online.simulator import Switches

SECRETS["PEX_TOKEN"] = TOKEN
SETTINGS = {
    "funding_account": "Checking",
    "fee_account": "Bank Charges",
    "rebate_account": "Card Rebates",
}


@asynccontextmanager
async def open_card_world(
    folder: Path,
    *items: Any,
    switches: Switches | None = None,
    connection: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
    connected: bool = True,
    door: Any = listening,
    **changes: Any,
) -> AsyncIterator[ServiceWorld]:
    """A world with these transactions; its flow is ``cards``, its ``shop`` the PEX simulation."""
    made = business(*items)
    cards = Simulation.of(made, token=TOKEN)
    clock = Clock(made.starts - dt.datetime.now(dt.UTC))
    async with AsyncExitStack() as stack:
        pex = await stack.enter_async_context(pex_serving(cards))
        ledger, sink = await stack.enter_async_context(open_online(clock, switches))
        for name, type_ in (
            (REGISTER, "Bank"),
            ("Card Rebates", "Other Income"),
            ("Uncategorized Expense", "Expense"),
            ("Fuel", "Expense"),
            ("Office Supplies", "Expense"),
        ):
            ledger.person.create("Account", {"Name": name, "AccountType": type_})
        ledger.person.create("Class", {"Name": "Clinic"})
        changes["flow"] = {**since(items), **changes.get("flow", {})}
        written = company_tables(
            pex, books={}, settings={**SETTINGS, **(settings or {})}, **changes
        )
        written["connections"]["books"] = {**sink, **(connection or {})}
        kernel, url = await stack.enter_async_context(open_kernel(folder, clock, written, door))
        world = ServiceWorld(folder, clock, cards, kernel, ledger, url)
        if connected:
            await connect(kernel, url)
        yield world

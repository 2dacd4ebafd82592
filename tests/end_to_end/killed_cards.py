"""A card programme whose server is killed: purchases, and receipts that are attached to them."""

import base64
import datetime as dt
from collections import Counter
from contextlib import asynccontextmanager
from random import Random

from attrs import define, field
from online_books import Wanted
from service_world import HOOK
from world import TOKEN, company_tables

from subledger.model.kinds import CARD_TRANSACTION, DEPOSIT, FEE, TRANSFER
from subledger.model.marker import marker
from subledger_pex.simulator import Simulation, generate_business
from subledger_pex.simulator.landmarks import bought
from subledger_pex.simulator.model import Attachment
from subledger_pex.simulator.purchases import hex_id
from subledger_pex.simulator.server import serving

ACCOUNT = "Visa"
_PAST = 40
_EXPENSES = ("Uncategorized Expense", "Fuel", "Office Supplies", "Medical Supplies", "Postage")
_SETTINGS = {
    "account": ACCOUNT,
    "funding_account": "Checking",
    "fee_account": "Bank Charges",
    "rebate_account": "Interest Earned",
    "default_expense_account": "Miscellaneous",
    "receipts": "attach",
}


_KINDS = {
    **dict.fromkeys(("business_fee", "card_fee"), FEE),
    **dict.fromkeys(("ach_credit", "ach_debit", "wire_in"), TRANSFER),
    **dict.fromkeys(("rebate", "rebate_reversal"), DEPOSIT),
}
"""What moves the balance besides purchases, by the platform's word."""


@define
class Cards:
    """The programme at work."""

    rng: Random
    pex: Simulation
    source: str = "cards"
    flow: str = "cards"
    account: str = ACCOUNT
    leaf: str = "txn"
    acts: Counter = field(factory=Counter)

    def call(self):
        """The headers and the body of its webhook."""
        secret = base64.b64encode(HOOK.encode()).decode()
        body = {"CallbackType": "CARD", "Data": {"NetworkType": "Settlement"}}
        return {"Authorization": f"Basic {secret}"}, body

    def news(self, _number):
        """Cards are used, and receipts are photographed."""
        now = self.pex.now
        for _ in range(self.rng.randrange(1, 4)):
            receipts = tuple(
                Attachment(id=hex_id(self.rng), type="Image", created=now, loaded=now)
                for _ in range(self.rng.randrange(3))
            )
            cents = -self.rng.randrange(100, 9999)
            self.pex.add(bought("", cents, now, settlement=now, attachments=receipts))
            self.acts["purchases"] += 1
            self.acts["receipts"] += len(receipts)

    def wanted(self):
        """What moved the balance, and the receipts that can be read."""
        now, cents, files = self.pex.now, {}, Counter()
        for number, entry in self.pex.truth()["transactions"].items():
            mark = marker(_KINDS.get(entry["kind"], CARD_TRANSACTION), number)
            cents[mark] = entry["cents"]
            receipts = self.pex.find(int(number)).attachments
            files[mark] = sum(one.status_at(now) == "Loaded" for one in receipts)
        return Wanted(cents=cents, files=+files)


@asynccontextmanager
async def open_cards(rng, books, sink):
    """The programme with a past, and the tables of its configuration."""
    for name in _EXPENSES:
        books.person.create("Account", {"Name": name, "AccountType": "Expense"})
    books.person.create("Class", {"Name": "Clinic"})
    today = dt.datetime.now(dt.UTC).date()
    made = generate_business(seed=1, transactions=_PAST, today=today)
    pex = Simulation.of(made, token=TOKEN)
    cards = {"webhook_secret": {"env": "HOOK"}, "receipts": "link"}
    async with serving(pex) as url:
        written = company_tables(url, cards=cards, flow={"every": "1h"}, settings=_SETTINGS)
        written["connections"]["books"] = sink
        yield Cards(rng, pex), written

"""A simulated account without a socket, and the official document as a judge."""

import json
import os
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field

from subledger_syncro.simulator import Request, Response, Simulation, answer

TODAY = date(2026, 4, 10)


@define
class Stopwatch:
    """A monotonic clock that tests move."""

    seconds: float = 0.0

    def __call__(self) -> float:
        """The seconds on the watch."""
        return self.seconds


@define
class Account:
    """Asks the simulator as a client would; JSON numbers come back as Decimal."""

    simulation: Simulation
    watch: Stopwatch
    token: str = "demo-token"
    last: Response = field(factory=Response)

    def ask(self, method: str, path: str, body: Any = None, **how: Any) -> Response:
        """Any request under the API's base."""
        request = Request.to(method, f"/api/v1/{path}", token=self.token, json=body, **how)
        self.last = answer(self.simulation, request)
        return self.last

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """The status and the parsed body."""
        response = self.ask(method, path, body)
        return response.status, json.loads(response.body, parse_float=Decimal)

    def get(self, path: str) -> Any:
        """The body of a successful read."""
        status, body = self.call("GET", path)
        assert status == 200, body
        return body

    def send(self, method: str, path: str, body: Any) -> Any:
        """The body of a successful write."""
        status, answered = self.call(method, path, body)
        assert status == 200, answered
        return answered

    def admin(self, method: str, path: str, body: Any = None) -> Any:
        """The body of a successful order to the simulator."""
        request = Request.to(method, f"/_simulator/{path}", json=body)
        response = answer(self.simulation, request)
        assert response.status == 200, response.body
        return json.loads(response.body, parse_float=Decimal)

    def pages(self, path: str, name: str) -> list[Any]:
        """The rows of every page until one is empty."""
        rows: list[Any] = []
        joint = "&" if "?" in path else "?"
        for number in range(1, 200):
            found = self.get(f"{path}{joint}page={number}")[name]
            if not found:
                return rows
            rows += found
        raise AssertionError("the list does not end")

    def invoice(self, mark: str) -> Any:
        """The detail of a hand-made invoice."""
        return self.get(f"invoices/{self.mark(mark)}")["invoice"]

    def mark(self, name: str) -> int:
        """The id of a hand-made case."""
        return self.simulation.world.landmarks[name]

    def truth(self) -> Any:
        """What the account really adds up to."""
        return self.admin("GET", "truth")


@pytest.fixture
def make_account():
    def make(**values: Any) -> Account:
        watch = Stopwatch()
        fields = {"today": TODAY, "invoices": 120, "monotonic": watch, **values}
        account = Account(Simulation.of(**fields), watch)
        account.admin("POST", "behaviour", {"limit_per_minute": 0})
        return account

    return make


@pytest.fixture
def account(make_account) -> Account:
    return make_account()


@pytest.fixture(scope="session")
def document() -> Any:
    """The vendor's OpenAPI document; skips where it is absent."""
    named = os.environ.get("SUBLEDGER_CONTRACTS")
    checkout = Path(__file__).resolve().parents[4]
    folder = Path(named) if named else checkout.parent / "shared" / "contracts"
    path = folder / "syncro" / "openapi.json"
    if not path.is_file():
        pytest.skip("Syncro's OpenAPI document is not here (SUBLEDGER_CONTRACTS names its folder)")
    return json.loads(path.read_text(encoding="utf-8"))

"""The door without a socket, and the published schemas where they are at hand."""

import json
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field
from lxml import etree

from subledger_quickbooks_online.simulator import (
    NO_LIMITS,
    Person,
    Request,
    Response,
    Simulation,
    answer,
)
from subledger_quickbooks_online.simulator.jsonform import to_json

from .quickbooks_client import class_of, library, order, place, qb, server  # noqa: F401 - fixtures

NAMESPACE = "{http://schema.intuit.com/finance/v3}"


@define
class Caller:
    """An app that speaks to the door directly; JSON numbers come back as Decimal."""

    simulation: Simulation
    token: str = field(repr=False)

    @property
    def realm(self) -> str:
        """The company's id."""
        return self.simulation.chosen_realm

    @property
    def person(self) -> Person:
        """Somebody in the books."""
        return Person(simulation=self.simulation, realm=self.realm)

    def send(
        self, method: str, path: str, body: Any = None, *, headers: Any = None, **query: str
    ) -> Response:
        """A request to the company; a body that is no text or bytes is sent as JSON."""
        given = {"authorization": f"Bearer {self.token}", "accept": "application/json"}
        if isinstance(body, str):
            body = body.encode()
        elif body is not None and not isinstance(body, bytes):
            body, given["content-type"] = to_json(body).encode(), "application/json"
        return answer(
            self.simulation,
            Request(
                method=method,
                path=f"/v3/company/{self.realm}/{path}",
                query=query,
                headers={**given, **(headers or {})},
                body=body or b"",
            ),
        )

    def call(self, method: str, path: str, body: Any = None, **query: str) -> tuple[int, Any]:
        """The status and the parsed body."""
        response = self.send(method, path, body, **query)
        return response.status, json.loads(response.body, parse_float=Decimal)

    def get(self, path: str, **query: str) -> Any:
        """The body of a successful read."""
        status, body = self.call("GET", path, **query)
        assert status == 200, body
        return body

    def post(self, path: str, body: Any = None, **query: str) -> Any:
        """The body of a successful write."""
        status, answered = self.call("POST", path, body, **query)
        assert status == 200, answered
        return answered

    def code(self, method: str, path: str, body: Any = None, **query: str) -> tuple[int, str]:
        """The status and the code of a Fault."""
        status, answered = self.call(method, path, body, **query)
        assert "Fault" in answered, answered
        return status, answered["Fault"]["Error"][0]["code"]

    def query(self, statement: str) -> Any:
        """The value of QueryResponse."""
        return self.get("query", query=statement)["QueryResponse"]

    def count(self, entity: str) -> int:
        """How many objects there are."""
        return int(self.query(f"select count(*) from {entity}")["totalCount"])

    def xml(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        """The root element of an answer in the XML form."""
        media = {"accept": "application/xml", "content-type": "application/xml"}
        return etree.fromstring(self.send(method, path, body, headers=media, **query).body)

    def order(self, method: str, path: str, body: Any = None) -> Any:
        """An order to the simulator itself that is carried out."""
        response = answer(
            self.simulation,
            Request(
                method=method,
                path=f"/simulator/{path}",
                body=b"" if body is None else to_json(body).encode(),
            ),
        )
        assert response.status == 200, response.body
        return json.loads(response.body, parse_float=Decimal)


@pytest.fixture
def simulation():
    made = Simulation.open(switches=NO_LIMITS)
    yield made
    made.close()


@pytest.fixture
def app(simulation) -> Caller:
    return Caller(simulation, simulation.connect()["access_token"])


@pytest.fixture
def bill(app):
    """The body of a bill for ten dollars, from a new vendor."""
    vendor = app.post("vendor", {"DisplayName": "Northwind Paper"})["Vendor"]
    account = app.query("select * from Account where AccountType = 'Expense'")["Account"][0]
    return {
        "VendorRef": {"value": vendor["Id"]},
        "Line": [
            {
                "Amount": Decimal("10.00"),
                "DetailType": "AccountBasedExpenseLineDetail",
                "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account["Id"]}},
            }
        ],
    }


@pytest.fixture(scope="session")
def contracts() -> Path:
    """The folder of the published schemas of the Accounting API."""
    named = os.environ.get("SUBLEDGER_CONTRACTS")
    folder = Path(named) if named else Path(__file__).parents[5] / "shared" / "contracts"
    if not (folder / "qbo" / "IntuitRestServiceDef.xsd").is_file():
        pytest.skip("the published schemas are not here (SUBLEDGER_CONTRACTS names their folder)")
    return folder / "qbo"


@pytest.fixture(scope="session")
def schema(contracts) -> etree.XMLSchema:
    """The published schema of requests and responses."""
    return etree.XMLSchema(etree.parse(contracts / "IntuitRestServiceDef.xsd"))

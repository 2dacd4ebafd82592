"""The fault plan: what goes wrong between QuickBooks, Web Connector and server, and when."""

import random
import re
from enum import Enum
from typing import Protocol

from attrs import field, frozen
from lxml import etree

from subledger_quickbooks_desktop.simulator.com import RequestProcessor

METHODS = (
    "serverVersion",
    "clientVersion",
    "authenticate",
    "sendRequestXML",
    "receiveResponseXML",
    "connectionError",
    "getLastError",
    "closeConnection",
)

MODAL_DIALOG_OPEN = "0x80040414"

_CALLS = ("cut", "cut-after")
_WRITES = ("lost-answer", "answer-unseen", "crash-in-quickbooks", "duplicate-receive")
_OPENINGS = ("modal", "open-error")
_RUNS = ("wrong-company", "restored-backup", "user-edit", "user-delete")
_RATES = ("slow", "random")
_SWITCHES = ("two-connectors",)
NAMES = _CALLS + _WRITES + _OPENINGS + _RUNS + _RATES + _SWITCHES

_ITEM = re.compile(r"(?P<name>[a-z-]+)(?:=(?P<value>[^@,]+))?(?:@(?P<at>\d+))?")
_HRESULT = re.compile(r"0x[0-9A-Fa-f]{8}")
_PARSER = etree.XMLParser(resolve_entities=False)


class FaultPlanError(ValueError):
    """The text of a fault plan cannot be understood; the message names every bad item."""


class Cut(Enum):
    """Where a connection to the server breaks: before the call arrives, or after it is served."""

    BEFORE = "cut"
    AFTER = "cut-after"


class WriteFault(Enum):
    """What happens to a request that changes the books."""

    LOST_ANSWER = "lost-answer"
    ANSWER_UNSEEN = "answer-unseen"
    CRASH_IN_QUICKBOOKS = "crash-in-quickbooks"
    DUPLICATE_RECEIVE = "duplicate-receive"


class BooksDoor(Protocol):
    """What a person at the keyboard does to the company file; each text tells what was done."""

    def restore_backup(self) -> str:
        """Put an earlier state of the company file back."""

    def edit_something(self) -> str:
        """Change a document by hand."""

    def delete_something(self) -> str:
        """Delete a document by hand."""

    def other_company(self) -> RequestProcessor:
        """Open another company file in QuickBooks and return the way to it."""


@frozen(kw_only=True)
class Fault:
    """One item of a plan: `at` counts from 1 over the whole run, None means every time."""

    name: str
    value: str = ""
    at: int | None = None

    def __str__(self) -> str:
        value = f"={self.value}" if self.value else ""
        return f"{self.name}{value}" + (f"@{self.at}" if self.at else "")


@frozen(kw_only=True)
class FaultPlan:
    """A list of faults as a person writes it: `lost-answer@3,cut=authenticate@2,slow=0.2`.

    `lost-answer`, `answer-unseen`, `crash-in-quickbooks` and `duplicate-receive` count the requests
    that change the books; `cut` and `cut-after` count the calls of their method; `modal` and
    `open-error` count the openings of QuickBooks; the ones that touch the books count the runs.
    Without `@n` a fault happens every time.
    """

    faults: tuple[Fault, ...] = field(default=(), converter=tuple[Fault, ...])

    @classmethod
    def parse(cls, text: str) -> "FaultPlan":
        """Read a plan; raises `FaultPlanError` that names all the items that are wrong."""
        items = [item.strip() for item in text.split(",") if item.strip()]
        problems = [problem for item in items if (problem := _problem(item))]
        if problems:
            raise FaultPlanError("; ".join(problems))
        return cls(faults=tuple(_fault(item) for item in items))

    @property
    def slow(self) -> float:
        """Seconds that QuickBooks takes for each request."""
        return max((float(fault.value) for fault in self.faults if fault.name == "slow"), default=0)

    @property
    def rate(self) -> float:
        """Probability that a call, a write or an opening is hit by a fault chosen at random."""
        return max((float(f.value) for f in self.faults if f.name == "random"), default=0)

    @property
    def two_connectors(self) -> bool:
        """Whether a second computer polls for the same application at the same time."""
        return any(fault.name == "two-connectors" for fault in self.faults)

    @property
    def touches_books(self) -> bool:
        """Whether a `BooksDoor` is needed."""
        return any(fault.name in _RUNS for fault in self.faults)


class Faults:
    """A plan in operation: it counts, and tells at each point what goes wrong now."""

    def __init__(self, plan: FaultPlan, *, rng: random.Random) -> None:
        self.plan = plan
        self.fired: list[str] = []
        self._rng = rng
        self._counts: dict[str, int] = {}

    def call(self, method: str) -> Cut | None:
        """What happens to this call of a SOAP method."""
        count = self._count(method)
        for fault in self.plan.faults:
            if fault.name in _CALLS and fault.value == method and fault.at in (None, count):
                return Cut(self._fire(fault.name, f"{method}@{count}"))
        if self._unlucky():
            return Cut(self._fire(self._rng.choice(_CALLS), f"{method}@{count}"))
        return None

    def write(self) -> WriteFault | None:
        """What happens to this request that changes the books."""
        count = self._count("write")
        for fault in self.plan.faults:
            if fault.name in _WRITES and fault.at in (None, count):
                return WriteFault(self._fire(fault.name, f"write@{count}"))
        if self._unlucky():
            return WriteFault(self._fire(self._rng.choice(_WRITES), f"write@{count}"))
        return None

    def opening(self) -> str | None:
        """The hresult with which QuickBooks refuses this opening, if it does."""
        count = self._count("opening")
        for fault in self.plan.faults:
            if fault.name in _OPENINGS and fault.at in (None, count):
                self._fire(fault.name, f"opening@{count}")
                return fault.value or MODAL_DIALOG_OPEN
        if self._unlucky():
            self._fire("modal", f"opening@{count}")
            return MODAL_DIALOG_OPEN
        return None

    def run(self) -> tuple[str, ...]:
        """The names of what happens to the books before this run."""
        count = self._count("run")
        due = [f.name for f in self.plan.faults if f.name in _RUNS and f.at in (None, count)]
        return tuple(self._fire(name, f"run@{count}") for name in due)

    def _count(self, what: str) -> int:
        self._counts[what] = self._counts.get(what, 0) + 1
        return self._counts[what]

    def _fire(self, name: str, where: str) -> str:
        self.fired.append(f"{name} {where}")
        return name

    def _unlucky(self) -> bool:
        return self.plan.rate > 0 and self._rng.random() < self.plan.rate


def is_write(qbxml: str) -> bool:
    """Tell whether a qbXML document holds a request that changes the books."""
    try:
        root = etree.fromstring(qbxml.encode(), _PARSER)
    except (etree.XMLSyntaxError, ValueError):
        return False
    requests = (str(element.tag) for element in root.iterfind("QBXMLMsgsRq/*"))
    return any(name.endswith("Rq") and not name.endswith("QueryRq") for name in requests)


def _fault(item: str) -> Fault:
    match = _ITEM.fullmatch(item)
    assert match is not None  # noqa: S101 - _problem() has refused everything else
    name, value, at = match.group("name", "value", "at")
    return Fault(name=name, value=value or "", at=int(at) if at else None)


def _problem(item: str) -> str:
    if _ITEM.fullmatch(item) is None:
        return f"{item!r} is not of the form name[=value][@n]"
    fault = _fault(item)
    if fault.name not in NAMES:
        return f"{fault.name!r} is not a fault; there are {', '.join(NAMES)}"
    if fault.at == 0:
        return f"{item!r}: @n counts from 1"
    if fault.at is not None and fault.name in _RATES + _SWITCHES:
        return f"{item!r}: {fault.name} holds for the whole run and takes no @n"
    return _value_problem(item, fault)


def _value_problem(item: str, fault: Fault) -> str:
    if fault.name in _CALLS:
        good, want = fault.value in METHODS, f"a method: {', '.join(METHODS)}"
    elif fault.name == "open-error":
        good, want = _HRESULT.fullmatch(fault.value) is not None, "an hresult such as 0x80040408"
    elif fault.name == "slow":
        good, want = _number(fault.value) >= 0, "seconds"
    elif fault.name == "random":
        good, want = 0 <= _number(fault.value) <= 1, "a probability between 0 and 1"
    else:
        return f"{item!r}: {fault.name} takes no value" if fault.value else ""
    return "" if good else f"{item!r}: {fault.name} needs {want}"


def _number(text: str) -> float:
    return float(text) if re.fullmatch(r"\d+(\.\d+)?", text) else -1.0

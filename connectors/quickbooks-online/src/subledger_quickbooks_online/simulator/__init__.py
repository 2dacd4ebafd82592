"""QuickBooks Online, simulated: a company's books and the HTTP door in front of them.

What is exported here needs no network library: `answer` takes a request and gives a response
without a socket. `app.simulator` and `server.serving` put a `Simulation` on one; they need aiohttp.
"""

from .clock import Clock
from .command import quickbooks_online
from .company import Behaviour, Change, Company, CompanyFault, Posting
from .door import answer
from .faults import FAULTS, Fault, FaultPlanError, parse_plan
from .human import Person
from .state import REALM, App, LoggedRequest, Simulation, Snapshot
from .switches import NO_LIMITS, Switches, parse_switches, with_switches
from .webhooks import Notification, Subscription, sign
from .wire import Request, Response

__all__ = [
    "FAULTS",
    "NO_LIMITS",
    "REALM",
    "App",
    "Behaviour",
    "Change",
    "Clock",
    "Company",
    "CompanyFault",
    "Fault",
    "FaultPlanError",
    "LoggedRequest",
    "Notification",
    "Person",
    "Posting",
    "Request",
    "Response",
    "Simulation",
    "Snapshot",
    "Subscription",
    "Switches",
    "answer",
    "parse_plan",
    "parse_switches",
    "quickbooks_online",
    "sign",
    "with_switches",
]

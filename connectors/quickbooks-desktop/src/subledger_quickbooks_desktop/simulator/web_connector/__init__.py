"""A simulator of the QuickBooks Web Connector: an independent judge of a server it polls."""

from .company import add_to_company
from .connector import RunResult, WebConnector, next_run_in
from .errors import ConnectorError
from .http import HttpTransport
from .lock import UpdateLock
from .qwc import Application, Applications, check_support, load_qwc
from .settings import Behaviour
from .transport import Reply, Transport, TransportError

__all__ = [
    "Application",
    "Applications",
    "Behaviour",
    "ConnectorError",
    "HttpTransport",
    "Reply",
    "RunResult",
    "Transport",
    "TransportError",
    "UpdateLock",
    "WebConnector",
    "add_to_company",
    "check_support",
    "load_qwc",
    "next_run_in",
]

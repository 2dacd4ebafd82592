"""A PEX card platform to develop and test against, without an account.

What is exported here needs no network library. ``server.serving`` puts a ``Simulation`` on a
socket, ``webhook.deliver`` posts its callbacks; both need aiohttp.
"""

from .clock import EASTERN, SimulatedClock, instant, stamp, wall
from .command import simulate_pex
from .faults import NO_FAULTS, FaultPlan, parse_plan
from .generate import generate_business
from .model import Business, Transaction
from .state import Behaviour, LoggedRequest, Simulation

__all__ = [
    "EASTERN",
    "NO_FAULTS",
    "Behaviour",
    "Business",
    "FaultPlan",
    "LoggedRequest",
    "SimulatedClock",
    "Simulation",
    "Transaction",
    "generate_business",
    "instant",
    "parse_plan",
    "simulate_pex",
    "stamp",
    "wall",
]

"""A Syncro account to develop and test against, without one.

What is exported here needs no network library. ``answer`` is the whole simulator as a function;
``server.serving`` puts a ``Simulation`` on a socket and needs aiohttp.
"""

from .answer import answer
from .behaviour import Behaviour
from .clock import SimulatedClock
from .command import simulate_syncro
from .faults import NO_FAULTS, FaultPlan, parse_plan
from .generate import generate
from .permissions import EVERYTHING, READER, WRITER
from .request import Request, Response
from .state import LoggedRequest, Simulation
from .throttle import Throttle
from .truth import truth
from .world import World

__all__ = [
    "EVERYTHING",
    "NO_FAULTS",
    "READER",
    "WRITER",
    "Behaviour",
    "FaultPlan",
    "LoggedRequest",
    "Request",
    "Response",
    "SimulatedClock",
    "Simulation",
    "Throttle",
    "World",
    "answer",
    "generate",
    "parse_plan",
    "simulate_syncro",
    "truth",
]

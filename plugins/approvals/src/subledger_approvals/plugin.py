"""Registers the step ``approvals``."""

from collections.abc import Iterable
from typing import Any

from subledger.hooks import hookimpl
from subledger.ports import StepType
from subledger_approvals.config import ApprovalsConfig
from subledger_approvals.step import ApprovalsStep

APPROVALS = StepType(name="approvals", api=2, config=ApprovalsConfig, make=ApprovalsStep)


@hookimpl
def register_steps() -> Iterable[StepType[Any]]:
    """The step ``approvals``."""
    return [APPROVALS]

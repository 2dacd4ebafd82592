"""Registers the step ``mapping``."""

from collections.abc import Iterable
from typing import Any

from subledger.hooks import hookimpl
from subledger.ports import StepType
from subledger_mapping.config import MappingConfig
from subledger_mapping.step import MappingStep

MAPPING = StepType(name="mapping", api=2, config=MappingConfig, make=MappingStep)


@hookimpl
def register_steps() -> Iterable[StepType[Any]]:
    """The step ``mapping``."""
    return [MAPPING]

"""The canonical entity model: kinds, entities, references and how they are stored as text."""

from subledger.model.entities import (
    Approval,
    Entity,
    Line,
    Movement,
    Party,
    Receipt,
    Reference,
    Status,
    Tag,
    Way,
    amount_of,
    date_of,
)
from subledger.model.kinds import Kind

__all__ = [
    "Approval",
    "Entity",
    "Kind",
    "Line",
    "Movement",
    "Party",
    "Receipt",
    "Reference",
    "Status",
    "Tag",
    "Way",
    "amount_of",
    "date_of",
]

"""What an entity of any class moves, and when."""

import datetime as dt

from subledger.model.documents import Document, Settlement
from subledger.model.entities import Entity, Movement
from subledger.model.values import Reference
from subledger.money import Money

Moving = Movement | Document | Settlement
"""Entities that change the balance of the account that a flow keeps in agreement."""


def amount_of(entity: Entity) -> Money | None:
    """The signed change that an entity makes to the flow's account; None for list entries."""
    return entity.effect if isinstance(entity, Moving) else None


def date_of(entity: Entity) -> dt.date | None:
    """The posting date of an entity; None for list entries."""
    return entity.date if isinstance(entity, Moving) else None


def account_of(entity: Entity) -> Reference | None:
    """The account that :func:`amount_of` is about."""
    return entity.account if isinstance(entity, Moving) else None

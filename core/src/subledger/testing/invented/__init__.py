"""Invented systems, so that one side of a flow can be tested alone: a source, and books.

``INVENTED_CARDS`` is a card platform, ``INVENTED_PSA`` a service business's system, and
``INVENTED_LEDGER`` a general ledger; they are registered like any plugin. The simulators behind
them are :class:`InventedSystem` and :class:`InventedBooks`.
"""

from subledger.testing.invented.books import InventedBooks
from subledger.testing.invented.ledger import INVENTED_LEDGER
from subledger.testing.invented.source import (
    INVENTED_CARDS,
    INVENTED_PSA,
    INVENTED_RECORDS,
    InventedConfig,
)
from subledger.testing.invented.system import InventedSystem

__all__ = [
    "INVENTED_CARDS",
    "INVENTED_LEDGER",
    "INVENTED_PSA",
    "INVENTED_RECORDS",
    "InventedBooks",
    "InventedConfig",
    "InventedSystem",
]

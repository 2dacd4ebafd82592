"""The canonical entity model: kinds, entities, references and how they are stored as text."""

from subledger.model.amounts import Moving, account_of, amount_of, date_of
from subledger.model.documents import (
    DOCUMENTS,
    PAID_AT_ONCE,
    SALES,
    SETTLEMENTS,
    Attachment,
    Document,
    Settlement,
)
from subledger.model.entities import Approval, Entity, Movement, Status, Way
from subledger.model.kinds import Kind
from subledger.model.lists import Item, ItemType, Party
from subledger.model.values import Address, Application, Line, Receipt, Reference, Tag, Tax

__all__ = [
    "DOCUMENTS",
    "PAID_AT_ONCE",
    "SALES",
    "SETTLEMENTS",
    "Address",
    "Application",
    "Approval",
    "Attachment",
    "Document",
    "Entity",
    "Item",
    "ItemType",
    "Kind",
    "Line",
    "Movement",
    "Moving",
    "Party",
    "Receipt",
    "Reference",
    "Settlement",
    "Status",
    "Tag",
    "Tax",
    "Way",
    "account_of",
    "amount_of",
    "date_of",
]

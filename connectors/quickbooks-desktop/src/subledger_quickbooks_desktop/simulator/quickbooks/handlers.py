"""Which function answers which request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from . import company_info, data_ext, deletions
from .answer import Outcome
from .books import Books
from .documents import open_items, write
from .documents import query as document_query
from .documents import remove as document_remove
from .documents.registry import KINDS as DOCUMENTS
from .lists import change, remove
from .lists import query as list_query
from .lists.kinds import ENTITIES, ITEMS
from .lists.kinds import KINDS as LISTS
from .opening import add_account
from .parse import Request

_Kind = TypeVar("_Kind")
Handler = Callable[[Books, Request], Outcome]


def _all() -> Mapping[str, Handler]:
    found: dict[str, Handler] = {}
    for name, kind in LISTS.items():
        found[f"{name}Add"] = _bound(change.add, kind)
        found[f"{name}Mod"] = _bound(change.modify, kind)
        found[f"{name}Query"] = _bound(list_query.query, (name,))
    for name, document in DOCUMENTS.items():
        found[f"{name}Add"] = _bound(write.add, document)
        found[f"{name}Mod"] = _bound(write.modify, document)
        found[f"{name}Query"] = _bound(document_query.query, document)
    found |= {
        "HostQuery": company_info.host,
        "CompanyQuery": company_info.company,
        "CompanyActivityQuery": company_info.activity,
        "PreferencesQuery": company_info.preferences,
        "AccountAdd": add_account,
        "EntityQuery": _bound(list_query.query, ENTITIES),
        "ItemQuery": _bound(list_query.query, ITEMS),
        "ItemInventoryQuery": _bound(list_query.query, ("ItemInventory",)),
        "TermsQuery": _bound(list_query.query, ("StandardTerms",)),
        "ListDel": remove.delete,
        "ListDeletedQuery": deletions.list_objects,
        "TransactionQuery": document_query.query_transactions,
        "BillToPayQuery": open_items.bills_to_pay,
        "ReceivePaymentToDepositQuery": open_items.payments_to_deposit,
        "TxnVoid": document_remove.void,
        "TxnDel": document_remove.delete,
        "TxnDeletedQuery": deletions.transactions,
        "DataExtAdd": data_ext.put,
        "DataExtMod": data_ext.put,
        "DataExtDel": data_ext.remove,
    }
    return found


def _bound(call: Callable[[Books, _Kind, Request], Outcome], kind: _Kind) -> Handler:
    return lambda books, request: call(books, kind, request)


HANDLERS = _all()

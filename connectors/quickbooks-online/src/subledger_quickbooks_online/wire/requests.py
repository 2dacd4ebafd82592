"""The requests of the Accounting API v3: paths below the host, parameters and bodies."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from attrs import frozen

from subledger_quickbooks_online.wire.jsontext import to_json
from subledger_quickbooks_online.wire.query import Select, moment

PRODUCTION: Final = "https://quickbooks.api.intuit.com"
SANDBOX: Final = "https://sandbox-quickbooks.api.intuit.com"
JSON: Final = "application/json"
MINOR_VERSION: Final = 75
"""The lowest that the API still tells apart: it treats all before as this one."""
MOST_ITEMS: Final = 30
"""Items of one batch at most (Accounting API: batch operations)."""
PATIENCE: Final = 130.0
"""Seconds to wait for an answer: the API itself gives up after 120."""


@frozen(kw_only=True)
class Request:
    """One request: ``path`` below ``/v3/company/{realm}/``.

    ``key`` is the ``requestid``: the API answers a repeated one as it did the first time.
    """

    method: str
    path: str
    params: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    content_type: str = ""
    key: str = ""

    @property
    def is_batch(self) -> bool:
        """Whether it counts against the limit of batches."""
        return self.path == "batch"


def segment(entity: str) -> str:
    """An entity's name in a path: in small letters."""
    return entity.lower()


def _post(
    path: str, body: Mapping[str, Any], key: str = "", params: tuple[tuple[str, str], ...] = ()
) -> Request:
    return Request(
        method="POST",
        path=path,
        params=params,
        body=to_json(body).encode(),
        content_type=JSON,
        key=key,
    )


def write(entity: str, body: Mapping[str, Any], key: str, *, same_number: bool = False) -> Request:
    """Creates an object, or changes it where the body has an ``Id``.

    ``same_number`` accepts a document number that is in use already.
    """
    params = (("include", "allowduplicatedocnum"),) if same_number else ()
    return _post(segment(entity), body, key, params)


def delete(entity: str, body: Mapping[str, Any], key: str) -> Request:
    """Deletes a document by ``Id`` and ``SyncToken``."""
    return _post(segment(entity), body, key, (("operation", "delete"),))


VOIDABLE: Final = frozenset({"Invoice", "Payment", "SalesReceipt", "BillPayment"})
"""Documents that can be voided; others can only be deleted."""


def void(entity: str, body: Mapping[str, Any], key: str) -> Request:
    """Voids a document: it stays with the amount zero."""
    if entity == "Invoice":
        return _post(segment(entity), body, key, (("operation", "void"),))
    params = (("operation", "update"), ("include", "void"))
    return _post(segment(entity), {**body, "sparse": True}, key, params)


def read(entity: str, identifier: str) -> Request:
    """One object by its Id."""
    return Request(method="GET", path=f"{segment(entity)}/{identifier}")


def query(select: Select | str) -> Request:
    """A query; the statement travels in the body, so that nothing in it needs URL encoding."""
    text = select if isinstance(select, str) else select.text()
    return Request(method="POST", path="query", body=text.encode(), content_type="application/text")


def changes(entities: Sequence[str], since: dt.datetime) -> Request:
    """Everything of some entities that changed since a moment, 30 days ago at most."""
    params = (("entities", ",".join(entities)), ("changedSince", moment(since)))
    return Request(method="GET", path="cdc", params=params)


def preferences() -> Request:
    """The company's settings."""
    return Request(method="GET", path="preferences")


def company_info(realm: str) -> Request:
    """Name, country and subscription of the company."""
    return Request(method="GET", path=f"companyinfo/{realm}")

"""The values that a company hands out besides its objects."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from attrs import frozen


@frozen(kw_only=True)
class Change:
    """One event for a webhook: `operation` is Create, Update, Delete, Merge, Void or Emailed.

    `deleted_id` is the object that a Merge took away.
    """

    entity: str
    id: str
    operation: str
    at: dt.datetime
    deleted_id: str = ""


@frozen(kw_only=True)
class Posting:
    """One row of the general ledger, debit positive, in the company's currency.

    `account` is the fully qualified name; `line` the line's Id or "" for the document's own row;
    `name`, `department` and `class_id` are Ids or "".
    """

    account: str
    amount: Decimal
    line: str = ""
    name: str = ""
    class_id: str = ""
    department: str = ""

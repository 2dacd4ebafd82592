"""One realm's company: what can be done with it, each thing all or nothing."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Self

from attrs import asdict, evolve

from . import cdc, faults, ledger, merge, present, query, rates, singles, starter, taxes, write
from .behaviour import Behaviour
from .books import JSON, SECOND, Books, Stored
from .codec import dumps, loads
from .money import money
from .store import Store
from .values import Change, Posting

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@lru_cache(maxsize=16)
def _begun(now: dt.datetime, realm: str, seed: int, behaviour: str, preferences: str) -> bytes:
    """The file of a new company; the next one that begins like it is a copy."""
    store = Store(":memory:")
    switches = Behaviour(**json.loads(behaviour))
    books = Books(store=store, realm=realm, behaviour=switches, now=now, seed=seed)
    try:
        with store.transaction():
            store.set_setting("behaviour", behaviour)
            store.set_setting("seed", str(seed))
            starter.make(books, loads(preferences))
        return store.snapshot()
    finally:
        store.close()


class Company:
    """A company's books; methods are synchronous, all or nothing, and raise CompanyFault.

    Objects go in and come out as JSON values in Intuit's spelling, numbers as Decimal or int.
    """

    def __init__(self, store: Store, realm: str, clock: Callable[[], dt.datetime]) -> None:
        """Use `open`."""
        self.realm = realm
        self._store = store
        self._clock = clock
        self._behaviour: Behaviour | None = None
        self._seed = 1

    @classmethod
    def open(
        cls,
        path: str,
        realm: str,
        clock: Callable[[], dt.datetime],
        *,
        seed: int = 1,
        preferences: Mapping[str, Any] = _NOTHING,
        behaviour: Behaviour | None = None,
    ) -> Self:
        """Open the file at `path` (":memory:" for none); a new one gets the starter company.

        `clock` tells an aware moment. `seed` sets the long Ids of classes, departments and
        attachments. `preferences` and `behaviour` are those of a new company: preferences nested
        or dotted, with "CompanyInfo" for that object ("CompanyInfo.Country": "CA").
        """
        store = Store(path)
        company = cls(store, realm, clock)
        if store.is_new:
            switches = json.dumps(asdict(behaviour or Behaviour()))
            store.restore(_begun(clock(), realm, seed, switches, dumps(dict(preferences))))
        company._seed = int(store.setting("seed") or 1)
        return company

    @property
    def behaviour(self) -> Behaviour:
        """The switches."""
        if self._behaviour is None:
            self._behaviour = Behaviour(**json.loads(self._store.setting("behaviour") or "{}"))
        return self._behaviour

    def configure(self, **changes: Any) -> Behaviour:
        """Change switches by name, durably."""
        behaviour = evolve(self.behaviour, **changes)
        self._store.set_setting("behaviour", json.dumps(asdict(behaviour)))
        self._behaviour = behaviour
        return behaviour

    # Objects ------------------------------------------------------------------------------------

    def create(
        self, entity: str, body: Mapping[str, Any], options: Mapping[str, str] = _NOTHING
    ) -> JSON:
        """Create an object; `options` are the URL's (`include`); returns it as stored."""
        with self._request(writes=True) as books:
            return self._shown(books, write.create(books, entity, body, options))

    def update(
        self, entity: str, body: Mapping[str, Any], options: Mapping[str, str] = _NOTHING
    ) -> JSON:
        """Update by Id and SyncToken, sparse where `body["sparse"]`; include=void voids."""
        with self._request(writes=True) as books:
            stored = write.update(books, entity, body, options)
            shown = self._shown(books, stored)
            if stored.entity == "Payment" and stored.body.get("_void"):
                shown["sparse"] = True
            return shown

    def read(self, entity: str, id: str) -> JSON:  # noqa: A002
        """The object; 610 where there is none, 2030 for an Id that is no number."""
        with self._request() as books:
            kind = write.kind_of(entity, "read")
            own = kind.entity in {"CompanyInfo", "Preferences"} and id in {"", "1", self.realm}
            if not (own or id.isdigit() or kind.entity == "TaxCode"):
                raise faults.invalid_id(id)
            stored = books.get(kind.entity, "1" if own else id)
            if stored is None:
                raise faults.not_found()
            return present.shown(books, stored)

    def delete(self, entity: str, body: Mapping[str, Any]) -> JSON:
        """Delete by Id and SyncToken; returns the stub with status Deleted."""
        with self._request(writes=True) as books:
            return present.stub(books, write.delete(books, entity, body).id)

    def void(self, entity: str, body: Mapping[str, Any]) -> JSON:
        """Void by Id and SyncToken; returns the object with its amounts zeroed."""
        with self._request(writes=True) as books:
            return self._shown(books, write.void(books, entity, body))

    def send(self, entity: str, id: str, to: str = "") -> JSON:  # noqa: A002
        """E-mail a document: EmailStatus becomes EmailSent; 6420 without an address."""
        with self._request(writes=True) as books:
            kind = write.kind_of(entity, "send")
            stored = books.get(kind.entity, id)
            if not kind.emailable:
                raise faults.unsupported_operation(kind.entity, "send")
            if stored is None:
                raise faults.not_found()
            if to:
                stored.body["BillEmail"] = {"Address": to}
            if "BillEmail" not in stored.body and kind.entity != "Payment":
                raise faults.no_email()
            stored.body["EmailStatus"] = "EmailSent"
            stored.body["DeliveryInfo"] = {
                "DeliveryType": "Email",
                "DeliveryTime": books.stamp(books.micros),
            }
            books.save(stored, "Emailed")
            return self._shown(books, stored)

    def query(self, statement: str) -> JSON:
        """The value of QueryResponse."""
        with self._request() as books:
            return query.answer(books, statement)

    def changed_since(self, entities: Sequence[str], since: dt.datetime) -> list[JSON]:
        """Change data capture: a list of QueryResponse values."""
        with self._request() as books:
            return cdc.changed_since(books, entities, since)

    def tax_service(self, body: Mapping[str, Any]) -> JSON:
        """Create a tax code with its rates; returns the TaxService value."""
        with self._request(writes=True) as books:
            return taxes.serve(books, body)

    def exchange_rate(self, currency: str, day: str = "") -> JSON:
        """The rate of a currency on a day, today's without one; 2220 for an unknown currency."""
        with self._request() as books:
            return rates.rate(books, currency, day or books.today)

    def set_exchange_rate(self, body: Mapping[str, Any]) -> JSON:
        """Set the rate of a currency from a day on; returns the ExchangeRate value."""
        with self._request(writes=True) as books:
            return rates.set_rate(books, body)

    # What a person does besides -----------------------------------------------------------------

    def merge(self, entity: str, keep: str, drop: str) -> JSON:
        """Merge one list object into another; returns the one that stays."""
        with self._request(writes=True) as books:
            return self._shown(books, merge.merge(books, entity, keep, drop))

    def set_preferences(self, changes: Mapping[str, Any]) -> JSON:
        """Change preferences, read-only ones too; nested or dotted, see `open`."""
        with self._request(writes=True) as books:
            singles.set_preferences(books, changes)
            return self.read("Preferences", "1")

    def close_books(self, date: dt.date | None, *, password: bool = False) -> None:
        """Set or lift the closing date; with a password the fault is 6210 instead of 6200."""
        with self._store.transaction():
            self._store.set_setting("closed_by_password", "1" if password else "0")
            closed = date.isoformat() if date else None
            self.set_preferences({"AccountingInfoPrefs": {"BookCloseDate": closed}})

    def match(self, id: str, *, matched: bool = True) -> None:  # noqa: A002
        """Match a transaction to a bank line: it is locked (6480) until unmatched."""
        with self._request() as books:
            stored = books.transaction(id)
            if stored is None:
                raise faults.not_found()
            stored.body["_matched"] = matched
            books.rewrite(stored)

    # The ledger ---------------------------------------------------------------------------------

    def trial_balance(self) -> Mapping[str, Decimal]:
        """By account's fully qualified name, debit positive; always sums to zero."""
        return ledger.trial_balance(self._books())

    def postings(self, id: str) -> list[Posting]:  # noqa: A002
        """The double entry behind one transaction, debit positive; they sum to zero."""
        rows = self._store.all(
            "SELECT json_extract(o.body,'$.FullyQualifiedName'), p.cents, p.line, p.name, p.class,"
            " p.department FROM posting p JOIN object o ON o.entity='Account' AND o.id=p.account"
            " WHERE p.txn=? ORDER BY p.rowid",
            (id,),
        )
        return [
            Posting(
                account=row[0],
                amount=money(row[1]),
                line=row[2],
                name=row[3],
                class_id=row[4],
                department=row[5],
            )
            for row in rows
        ]

    def documents(self) -> list[JSON]:
        """Every transaction in the order of Ids, each with its entity under "entity"."""
        books = self._books()
        return [
            {"entity": stored.entity, **present.shown(books, stored)}
            for stored in books.find("family='txn' ORDER BY number")
        ]

    # Webhooks and requestid ---------------------------------------------------------------------

    def take_changes(self) -> list[Change]:
        """What changed since the last take, oldest first."""
        with self._store.transaction():
            rows = self._store.all(
                "SELECT entity, id, operation, at, deleted_id FROM change ORDER BY rowid"
            )
            self._store.execute("DELETE FROM change")
        return [
            Change(
                entity=row[0],
                id=row[1],
                operation=row[2],
                at=dt.datetime.fromtimestamp(row[3] / SECOND, tz=dt.UTC),
                deleted_id=row[4],
            )
            for row in rows
        ]

    def remembered(self, request_id: str) -> JSON | None:
        """The response that was remembered for a requestid."""
        found = self._store.value("SELECT response FROM request WHERE id=?", (request_id,))
        return None if found is None else dict(loads(found))

    def remember(self, request_id: str, response: Mapping[str, Any]) -> None:
        """Keep the response to a requestid."""
        self._store.execute(
            "INSERT OR REPLACE INTO request VALUES(?,?)", (request_id, dumps(dict(response)))
        )

    def forget_requests(self) -> None:
        """Forget every remembered response."""
        self._store.execute("DELETE FROM request")

    # The file -----------------------------------------------------------------------------------

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing over several calls; may be nested."""
        return self._store.transaction()

    def snapshot(self) -> bytes:
        """The whole company as bytes; not within `transaction`."""
        return self._store.snapshot()

    def restore(self, content: bytes) -> None:
        """Go back to a snapshot; what came after is gone."""
        self._store.restore(content)
        self._behaviour = None
        self._seed = int(self._store.setting("seed") or 1)

    def close(self) -> None:
        """Close the file."""
        self._store.close()

    def _books(self) -> Books:
        return Books(
            store=self._store,
            realm=self.realm,
            behaviour=self.behaviour,
            now=self._clock(),
            seed=self._seed,
        )

    @contextmanager
    def _request(self, *, writes: bool = False) -> Iterator[Books]:
        if self.behaviour.subscription_ended:
            raise faults.subscription_ended()
        if writes and self.behaviour.read_only_user:
            raise faults.permission_denied()
        with self._store.transaction():
            yield self._books()

    def _shown(self, books: Books, stored: Stored) -> JSON:
        """The object as it is stored now, read afresh."""
        found = books.get(stored.entity, stored.id)
        return present.shown(books, found or stored)

"""Invented books: a general ledger behind HTTP that keeps double entry and forgets no key.

    GET    /company
    GET    /entries                             lists
    POST   /entries          {kind, name}       409 where the name is taken
    PUT    /entries/ID       {version, name}
    GET    /documents?since=&until=&account=    documents of a period
    POST   /documents        {type, date, postings...}
    PUT    /documents/ID     {version, ...}     409 where somebody changed it
    DELETE /documents/ID     {version}

Every write has a key (the header Idempotency-Key): the same key again gets the first answer again,
and nothing is written. The postings of a document add up to zero; the first one is its register.
"""

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from attrs import define, field

from subledger.runtime import HttpResponse
from subledger.testing.invented.system import TOKEN, answer
from subledger.testing.outside import Written

LONGEST: Final = 200
"""Characters of a memo."""

CHART: Final = {
    "account": ("Card", "Bank", "Expenses", "Income", "Receivables", "Payables", "Sales tax"),
    "item": ("Work",),
    "class": ("North",),
    "tax_code": ("Standard",),
    "payment_method": ("Wire",),
    "terms": ("30 days",),
}
"""What new books have."""


class _Refusal(Exception):  # noqa: N818 - an answer, not a failure
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.response = answer(status, {"code": code, "error": message})


@define
class InventedBooks:
    """The simulator: a company's books, its door, and a person at work in it."""

    token: str = TOKEN
    closed: dt.date | None = None
    entries: dict[str, dict[str, Any]] = field(factory=dict)
    written: dict[str, dict[str, Any]] = field(factory=dict)
    answers: dict[str, HttpResponse] = field(factory=dict)
    _numbers: int = 0

    def __attrs_post_init__(self) -> None:
        for kind, names in CHART.items():
            for name in names:
                self._entry({"kind": kind, "name": name})

    # ------------------------------------------------------------- what a test sees

    @property
    def settings(self) -> Mapping[str, str]:
        """The connection's table, as an owner writes it."""
        return {"url": "https://books.example", "token": self.token}

    def documents(self) -> Sequence[Written]:
        """What the books hold now."""
        return [
            Written(
                type=one["type"],
                id=one["id"],
                date=dt.date.fromisoformat(one["date"]),
                amount=Decimal(one["amount"]),
                memo=one["memo"],
                text=json.dumps(one, ensure_ascii=False),
            )
            for one in self.written.values()
        ]

    def edit(self, id: str) -> None:  # noqa: A002 - the field's own name
        """A person adds a remark to a document."""
        self.written[id]["memo"] += " (looked at)"
        self.written[id]["version"] += 1

    def balances(self) -> Mapping[str, Decimal]:
        """The balance of every account that was posted to, by name; together they are zero."""
        found: dict[str, Decimal] = {}
        for document in self.written.values():
            for posting in document["postings"]:
                name = self.entries[posting["account"]]["name"]
                found[name] = found.get(name, Decimal(0)) + Decimal(posting["amount"])
        return found

    # ---------------------------------------------------------------------- the door

    async def http(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | list[tuple[str, str]] | None = None,
        body: bytes | None = None,
        timeout: float = 30.0,  # noqa: ARG002, ASYNC109 - part of the port
    ) -> HttpResponse:
        """The door, as the HTTP port of a connector."""
        given = headers or {}
        if given.get("Authorization") != f"Bearer {self.token}":
            return answer(401, {"error": "The token is not known."})
        parts = urlsplit(url)
        query = {**{k: v[-1] for k, v in parse_qs(parts.query).items()}, **dict(params or {})}
        _, table, *rest = f"{parts.path}/".rstrip("/").split("/")
        key = given.get("Idempotency-Key", "")
        if key and key in self.answers:
            return self.answers[key]
        acts: Mapping[tuple[str, str], Callable[..., object]] = {
            ("GET", "company"): self._company,
            ("GET", "entries"): self._entries,
            ("POST", "entries"): self._entry,
            ("PUT", "entries"): self._change_entry,
            ("GET", "documents"): self._documents,
            ("POST", "documents"): self._document,
            ("PUT", "documents"): self._change,
            ("DELETE", "documents"): self._delete,
        }
        act = acts.get((method, table))
        if act is None:
            return answer(404, {"code": "not_found", "error": "There is no such thing."})
        try:
            done = answer(200, act(json.loads(body) if body else query, *rest))
        except _Refusal as refusal:
            return refusal.response
        if method != "GET":
            self.answers[key] = done
        return done

    def _company(self, _query: Mapping[str, str]) -> object:
        return {"name": "Invented Company", "closed": str(self.closed or "")}

    def _entries(self, _query: Mapping[str, str]) -> object:
        return {"entries": list(self.entries.values())}

    def _entry(self, body: Mapping[str, Any]) -> object:
        for entry in self.entries.values():
            if entry["kind"] == body["kind"] and entry["name"] == body["name"]:
                raise _Refusal(409, "name_taken", f"{body['name']} is entry {entry['id']}.")
        id_ = self._next()
        made = {"email": "", "account": "", **body, "id": id_, "active": True, "version": 1}
        self.entries[id_] = made
        return made

    def _change_entry(self, body: Mapping[str, Any], id_: str) -> object:
        entry = self._current(self.entries, id_, body)
        entry |= {**body, "version": entry["version"] + 1}
        return entry

    def _documents(self, query: Mapping[str, str]) -> object:
        return {
            "documents": [
                {**one, "party": self.entries[one["party"]]["name"] if one["party"] else ""}
                for one in self.written.values()
                if query.get("since", "") <= one["date"] <= query.get("until", "9999")
                and query.get("account", "") in ("", one["account"])
            ]
        }

    def _document(self, body: Mapping[str, Any]) -> object:
        return self._write(self._next(), body, version=1)

    def _change(self, body: Mapping[str, Any], id_: str) -> object:
        version = self._current(self.written, id_, body)["version"]
        return self._write(id_, body, version=version + 1)

    def _delete(self, query: Mapping[str, Any], id_: str) -> object:
        self._current(self.written, id_, query)
        self._may_change(self.written[id_]["date"])
        return self.written.pop(id_)

    # --------------------------------------------------------------------- the books

    def _next(self) -> str:
        self._numbers += 1
        return str(self._numbers)

    @staticmethod
    def _current(
        table: Mapping[str, dict[str, Any]], id_: str, shown: Mapping[str, Any]
    ) -> dict[str, Any]:
        if id_ not in table:
            raise _Refusal(404, "deleted", f"{id_} is not in the books.")
        if str(table[id_]["version"]) != str(shown.get("version")):
            raise _Refusal(409, "stale", f"Somebody changed {id_} since.")
        return table[id_]

    def _may_change(self, date: str) -> None:
        if self.closed is not None and date <= self.closed.isoformat():
            raise _Refusal(422, "closed", f"The books are closed until {self.closed}.")

    def _write(self, id_: str, body: Mapping[str, Any], *, version: int) -> Mapping[str, Any]:
        postings = [self._posting(posting) for posting in body["postings"]]
        if sum(Decimal(posting["amount"]) for posting in postings):
            raise _Refusal(422, "unbalanced", "The postings do not add up to zero.")
        if len(body["memo"]) > LONGEST:
            raise _Refusal(422, "memo", f"A memo has at most {LONGEST} characters.")
        for settled in body["settles"]:
            if settled["document"] not in self.written:
                raise _Refusal(422, "settles", f"There is no document {settled['document']}.")
        self._may_change(body["date"])
        register = postings[0] if postings else {"account": "", "amount": body["total"]}
        self.written[id_] = {
            **body,
            "id": id_,
            "version": version,
            "postings": postings,
            "account": register["account"] and self.entries[register["account"]]["name"],
            "amount": register["amount"],
        }
        return self.written[id_]

    def _posting(self, posting: Mapping[str, Any]) -> Mapping[str, Any]:
        """A posting to an account; that of an item goes to the item's account, or to income."""
        account = self.entries.get(posting["account"])
        if account is not None and account["kind"] == "item":
            account = self.entries.get(account["account"]) or self._named("Income")
        if account is not None and account["kind"] == "tax_code":
            account = self._named("Sales tax")
        if account is None or account["kind"] != "account":
            raise _Refusal(422, "account", f"There is no account {posting['account']}.")
        return {**posting, "account": account["id"]}

    def _named(self, name: str) -> dict[str, Any]:
        return next(entry for entry in self.entries.values() if entry["name"] == name)

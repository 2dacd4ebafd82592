"""Books in QuickBooks Online that note who made and who deleted what, and the verdict on them."""

import datetime as dt
from collections import Counter
from contextlib import asynccontextmanager

from attrs import define, field, frozen

from subledger.model.marker import parse_marker
from subledger_quickbooks_online.simulator import NO_LIMITS, Clock, Person, Simulation
from subledger_quickbooks_online.simulator.server import serving


@frozen(kw_only=True)
class Wanted:
    """What the source holds: cents in the account, and the number of files, by mark."""

    cents: dict[str, int]
    files: Counter = field(factory=Counter)


@define
class Books:
    """A company; ``made`` counts what was ever created, ``struck`` what a person deleted."""

    simulation: Simulation
    url: str
    made: Counter = field(factory=Counter)
    struck: Counter = field(factory=Counter)

    @property
    def company(self):
        """What is in them now."""
        return self.simulation.company

    @property
    def person(self):
        """Somebody who works in them."""
        return Person(simulation=self.simulation, realm=self.simulation.chosen_realm)

    @property
    def currency(self):
        """What they are kept in."""
        (preferences,) = self.company.query("select * from Preferences")["Preferences"]
        return preferences["CurrencyPrefs"]["HomeCurrency"]["value"]

    def writes(self, call="POST"):
        """How many requests have written; ``call`` is how those begin that are counted."""
        calls = [f"{one.method} {one.path.rpartition('/')[2]}" for one in self.simulation.log]
        return sum(each.startswith(call) and each != "POST query" for each in calls)

    def incidents(self):
        """How often each fault has struck: by its name and its calls, and by its name alone."""
        return Counter(
            (name, calls)
            for one in self.simulation.log
            for name in one.faults
            for calls in ("", f"{one.method} {one.path.rpartition('/')[2]}")
        )

    def standing(self):
        """Our documents that move something, by mark."""
        found = {}
        for document in self.company.documents():
            mark = parse_marker(document.get("PrivateNote", "").removeprefix("Voided - "))
            if mark and self.company.postings(document["Id"]):
                found.setdefault(mark, []).append(document["Id"])
        return found

    def strike(self, kind, wanted):
        """A person deletes the first document of a kind that nobody has touched."""
        documents = {one["Id"]: one for one in self.company.documents()}
        mark = next(
            mark
            for mark in self.standing()
            if mark.startswith(f"sl:{kind}-") and mark in wanted.cents and not self.struck[mark]
        )
        (id_,) = self.standing()[mark]
        self.person.delete(documents[id_]["entity"], id_)

    def files(self):
        """How many files hang on our documents, by mark."""
        marks = {id_: mark for mark, ids in self.standing().items() for id_ in ids}
        rows = self.company.query("select * from Attachable maxresults 1000")
        owners = [
            reference["EntityRef"]["value"]
            for row in rows.get("Attachable", ())
            for reference in row["AttachableRef"]
        ]
        return Counter(marks.get(owner, f"document {owner}") for owner in owners)

    def moved(self, id_, account):
        """What a document changes in an account, in cents."""
        postings = self.company.postings(id_)
        return int(sum(p.amount for p in postings if p.account == account) * 100)


def verdict(books, account, wanted, held=()):
    """Lost and doubled records, and what else is wrong; ``held`` are numbers that wait."""
    lost, doubled, other = [], [], []
    standing = books.standing()

    def waits(mark):
        return mark.rpartition("-")[2] in held

    for mark, times in books.made.items():
        if times - books.struck[mark] > 1:
            doubled.append(f"{mark} was made {times} times")
    for mark, cents in wanted.cents.items():
        found = [books.moved(id_, account) for id_ in standing.pop(mark, ())]
        if len(found) > 1:
            doubled.append(f"{mark} stands {len(found)} times")
        elif found != [cents] and not waits(mark):
            lost.append(f"{mark} shows {found}, not {cents} cents")
    files = books.files()
    for mark in sorted({*files, *wanted.files}):
        if waits(mark) and not files[mark]:
            continue
        if files[mark] > wanted.files[mark]:
            doubled.append(f"{mark} has {files[mark]} files, not {wanted.files[mark]}")
        elif files[mark] < wanted.files[mark]:
            lost.append(f"{mark} has {files[mark]} files, not {wanted.files[mark]}")
    other += [f"{mark} stands for nothing" for mark in standing]
    if sum(books.company.trial_balance().values()):
        other.append("debits and credits differ")
    return lost, doubled, other


@asynccontextmanager
async def open_books(patch, country):
    """New books in a country, served at an address."""
    simulation = Simulation.open(
        clock=Clock(lambda: dt.datetime.now(dt.UTC)),
        switches=NO_LIMITS,
        preferences={"CompanyInfo.Country": country},
    )
    company = simulation.company
    create, delete = company.create, Person.delete

    async with serving(simulation, host="127.0.0.1", port=0) as url:
        books = Books(simulation, url)

        def creating(entity, body, *more):
            shown = create(entity, body, *more)
            name = shown.get("DisplayName") or shown.get("Name") or shown.get("FileName")
            note = str(shown.get("PrivateNote") or shown.get("Note") or "")
            mark = parse_marker(note) or f"{entity} {name or note}"
            books.made[mark] += 1
            return shown

        def deleting(person, entity, id_):
            note = str(company.read(entity, id_).get("PrivateNote", ""))
            books.struck[parse_marker(note)] += 1
            return delete(person, entity, id_)

        patch.setattr(company, "create", creating, raising=False)
        patch.setattr(Person, "delete", deleting)
        try:
            yield books
        finally:
            simulation.close()

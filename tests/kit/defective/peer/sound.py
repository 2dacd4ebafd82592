"""A sound peer: the other side polls us with JSON, and does in the invented books what we say.

    {"call": "hello", "password": P}                          -> {"ticket": T}
    {"call": "work", "ticket": T}                             -> {"number", "request", "progress"}
    {"call": "done", "ticket", "number", "status", "body"}    -> {"progress"}
    {"call": "bye", "ticket": T}                              -> {}

A request is what the invented books take over HTTP; what they answer is read as the kernel-driven
sink of the invented ledger reads it. A session is a note at the desk, so any process serves it.
"""

import hashlib
import hmac
import json
import secrets
from functools import partial
from types import SimpleNamespace

from aiohttp import web
from attrs import field, frozen

from subledger.config.fields import describe
from subledger.errors import Fenced
from subledger.model.kinds import Kind
from subledger.ports import Query, RawRecord
from subledger.runtime import HttpResponse
from subledger.secret import Secret
from subledger.testing.invented import InventedConfig
from subledger.testing.invented.ledger import InventedSink
from subledger.testing.invented.render import render

LEASE = 60.0
CALLS = ("hello", "work", "done", "bye")
PATHS = {Query.LISTS: "entries", Query.DOCUMENTS: "documents", Query.RECORDS: "changes"}


@frozen(kw_only=True)
class PolledConfig:
    """A connection to books that poll us."""

    company: str = field(default="", metadata=describe("What the other side calls the company."))


class BadCallError(Exception):
    """A call that nobody of ours makes."""


def read_call(body):
    """A call that has arrived. Raises BadCallError for what is none."""
    try:
        call = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadCallError("no JSON") from error
    if not isinstance(call, dict) or call.get("call") not in CALLS:
        raise BadCallError("no call of ours")
    return call


def hashed(text, salt=""):
    """What is kept of a password or ticket."""
    return hashlib.sha256(f"{salt}{text}".encode()).hexdigest()


class Peer:
    """Answers one connection. What subclasses change is each one thing that goes wrong."""

    def __init__(self, config, context):
        self.config = config
        self.context = context

    async def handle(self, request):
        """The answer to one call."""
        try:
            call = read_call(await request.read())
            answer = await getattr(self, call["call"])(call)
        except BadCallError as error:
            return web.json_response({"error": str(error)}, status=400)
        except Fenced:
            return web.json_response({"error": "the session is over"}, status=410)
        return web.json_response(answer)

    async def enrolment(self, url):
        """The address, for a person to hand over."""
        name = self.context.connection
        return json.dumps({"address": f"{url}/polled/{name}"}).encode()

    async def new_password(self):
        """Makes a password."""
        password = secrets.token_urlsafe(32)
        await self.context.note(lambda desk: self.keep(desk, password))
        return password

    # ------------------------------------------------------------------------ calls

    async def hello(self, call):
        """Opens a session for who knows the password."""
        token = self.context.runtime.new_id()

        def step(desk, epoch):
            if not self.lets_in(desk, str(call.get("password"))):
                return None
            ticket = f"{token}-{epoch}"
            desk.remember("session", {"ticket": hashed(ticket), "epoch": epoch})
            return ticket

        entered = await self.context.enter(token, LEASE, step)
        return {"ticket": entered and entered[1]}

    async def work(self, call):
        """What is to be done next; null where nothing is."""
        reply = await self.step(call, self.next)
        if reply is None:
            more = await self.context.prepare()
            reply = await self.step(call, partial(self.next, prepared=True, more=more))
        return reply

    async def done(self, call):
        """Takes what became of it."""
        delivery, question = await self.step(call, self.asked)
        understood = await self.understood(call, delivery, question)
        return await self.step(
            call, lambda desk, session: self.take(desk, session, call, question, understood)
        )

    async def bye(self, call):
        """Closes the session."""
        epoch = self.epoch_of(str(call.get("ticket")))
        await self.context.leave(epoch, lambda desk: self.session(desk, call))
        return {}

    # ------------------------------------------------------------------------ doors

    def keep(self, desk, password):
        """Keeps a hash of the password."""
        salt = secrets.token_hex(8)
        desk.remember("password", {"salt": salt, "hash": hashed(password, salt)})

    def lets_in(self, desk, password):
        """Whether the password is the newest one."""
        kept = desk.recall("password")
        wanted = kept.get("hash", "")
        return hmac.compare_digest(hashed(password, kept.get("salt", "")), wanted)

    def epoch_of(self, ticket):
        """The epoch in a ticket."""
        number = ticket.rpartition("-")[2]
        if not (number.isascii() and number.isdecimal() and len(number) < 10):
            raise Fenced("no ticket of ours")
        return int(number)

    def session(self, desk, call):
        """The session of a ticket. Raises Fenced where it is another one's, or over."""
        known = dict(desk.recall("session"))
        ticket = hashed(str(call.get("ticket")))
        if not hmac.compare_digest(ticket, known.get("ticket", "")):
            raise Fenced("no ticket of this session")
        return known

    async def step(self, call, work):
        """A step of the session that the call's ticket belongs to."""
        epoch = self.epoch_of(str(call.get("ticket")))
        return await self.context.step(
            epoch, LEASE, lambda desk: work(desk, self.session(desk, call))
        )

    # ------------------------------------------------------------------------- work

    def next(self, desk, session, *, prepared=False, more=False):
        """The next request: what has no outcome yet, lists, what is planned, documents.

        None where something has to be planned first; ``more`` may need what is read.
        """
        session["planned"] = session.get("planned") or (prepared and not more)
        if (sent := self.unsettled(desk, session)) is not None:
            return self.send(desk, session, sent)
        if (question := desk.question(Query.LISTS)) is not None:
            return self.ask(desk, session, question)
        if not session["planned"] and not prepared and desk.staged():
            return None
        if (claimed := desk.claim(self.rendered)) is not None:
            return self.send(desk, session, claimed)
        if (question := desk.question()) is not None:
            return self.ask(desk, session, question)
        return {"request": None, "progress": 100}

    def unsettled(self, desk, _session):
        """What was sent and is without an outcome: it is sent again, under the same key."""
        return desk.outstanding()

    def rendered(self, delivery):
        """The request of a delivery."""
        request = render(delivery)
        made = {"method": request.method, "path": request.path, "body": request.body}
        return json.dumps({**made, "key": delivery.attempt_key}).encode()

    def send(self, desk, session, delivery):
        """Has a delivery written."""
        return self.say(desk, session, json.loads(delivery.payload), effect=delivery.effect)

    def ask(self, desk, session, question):
        """Has a question answered."""
        limits = {"since": question.since, "until": question.until, "account": question.account}
        if question.query is Query.RECORDS:
            limits = {"after": question.position or "0"}
        params = {name: str(value) for name, value in limits.items() if value}
        request = {"method": "GET", "path": PATHS[question.query], "params": params}
        return self.say(desk, session, request, question=question.id)

    def say(self, desk, session, request, effect=0, question=0):
        """Numbers a request, and remembers what it is for."""
        left = desk.backlog(1000) + 1
        done = session.get("done", 0)
        percent = max(session.get("percent", 0), 100 * done // (done + left))
        number = session.get("number", 0) + 1
        asked = {"number": number, "effect": effect, "question": question, "percent": percent}
        desk.remember("session", {**session, **asked})
        return {"number": number, "request": request, "progress": self.percent(session, percent)}

    def percent(self, _session, percent):
        """What the other side is told."""
        return percent

    # ---------------------------------------------------------------------- answers

    def asked(self, desk, session):
        """What the last request was for: a delivery, a question, or nothing any more."""
        delivery, question = desk.outstanding(), desk.question()
        if delivery is not None and delivery.effect != session.get("effect"):
            delivery = None
        if question is not None and question.id != session.get("question"):
            question = None
        return delivery, question

    async def understood(self, call, delivery, question):
        """The outcome, or what was read."""

        async def http(*_what, **_more):
            body = json.dumps(call.get("body")).encode()
            return HttpResponse(status=int(call.get("status", 0)), headers={}, body=body)

        sink = InventedSink(
            InventedConfig(url="", token=Secret("")),
            SimpleNamespace(runtime=SimpleNamespace(http=http)),
        )
        if delivery is not None:
            return await sink.find(delivery)
        if question is not None and question.query is not Query.RECORDS:
            return [page async for page in sink.read(question)]
        return call.get("body")

    def take(self, desk, session, call, question, understood):
        """Keeps what was understood, once."""
        if call.get("number") != session.get("number"):
            return {"progress": session.get("percent", 0)}
        if session["effect"]:
            self.settle(desk, session, understood)
        elif question is not None and question.query is Query.RECORDS:
            changes = understood["changes"]
            last = str(changes[-1]["number"]) if changes else question.position
            self.keep_records(desk, question, [record_of(one) for one in changes])
            desk.answered(question, last if changes else None, cursor=last or None)
        elif question is not None:
            for entries, documents in understood:
                self.offer(desk, question, list(entries), list(documents))
            desk.answered(question, None)
        done = {"effect": 0, "question": 0, "done": session.get("done", 0) + 1}
        desk.remember("session", {**session, **done})
        return {"progress": session.get("percent", 0)}

    def settle(self, desk, session, outcome):
        """Settles the effect of the last request."""
        desk.settle(session["effect"], outcome)

    def offer(self, desk, question, entries, documents):
        """Hands over what was read."""
        desk.offer(entries, documents, question=question)

    def keep_records(self, desk, question, records):
        """Hands over the records of a page."""
        desk.offer(records=records, question=question)


def record_of(change):
    """A change of the other side's records."""
    kind = Kind(change["kind"])
    data = {"record": change["record"]}
    return RawRecord(id=change["id"], data=data, makes=frozenset({kind}))

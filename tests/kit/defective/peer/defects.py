"""Peers of the invented ledger with one defect each; ``DEFECTS`` names the promise each breaks."""

# ruff: noqa: D101, D102 - each is named by the promise that it breaks, in DEFECTS

import asyncio
import itertools
import json

from attrs import evolve

from subledger.errors import RecordRejected
from subledger.manifest import Initiative, Operation
from subledger.model import kinds
from subledger.ports import Absent, Posted, SinkType
from subledger.testing.invented import INVENTED_LEDGER

from .sound import Peer, PolledConfig, hashed

READ = {Operation.READ}
WRITTEN = {Operation.READ, Operation.CREATE}
SOUND = SinkType(
    manifest=evolve(
        INVENTED_LEDGER.manifest,
        name="invented-peer",
        title="Invented peer",
        initiative=Initiative.PEER,
        kinds={
            **dict.fromkeys((kinds.ACCOUNT, kinds.TAX_CODE, kinds.ITEM), READ),
            kinds.VENDOR: WRITTEN,
            kinds.CARD_TRANSACTION: {*WRITTEN, Operation.UPDATE, Operation.DELETE},
            **dict.fromkeys((kinds.FEE, kinds.TRANSFER, kinds.DEPOSIT), WRITTEN),
        },
    ),
    config=PolledConfig,
    preview=INVENTED_LEDGER.preview,
    peer=Peer,
    mount="polled",
    fit_name=INVENTED_LEDGER.fit_name,
)
"""The invented ledger as a peer."""
SMALL = evolve(
    SOUND,
    manifest=evolve(
        SOUND.manifest,
        roles=(),
        kinds={
            kind: SOUND.manifest.kinds[kind]
            for kind in (kinds.ACCOUNT, kinds.VENDOR, kinds.CARD_TRANSACTION)
        },
    ),
)
"""The same with one kind of document, so that the contract is quick."""


def peer(cls, **more):
    """The small peer with a class of its own."""
    return evolve(SMALL, peer=cls, **more)


_count = itertools.count()


def fickle(delivery, books):
    return evolve(SMALL.preview(delivery, books), memo=str(next(_count)))


class Undoing(Peer):
    def rendered(self, delivery):
        if delivery.operation is Operation.DELETE:
            raise RecordRejected("no", category="validation")
        return super().rendered(delivery)


class Nameless(Peer):
    """Keeps a new entry under a name that is not the books' own."""

    def settle(self, desk, session, outcome):
        if isinstance(outcome, Posted) and outcome.entry is not None:
            outcome = evolve(outcome, entry=evolve(outcome.entry, name="?"))
        super().settle(desk, session, outcome)

    def offer(self, desk, question, entries, documents):
        super().offer(desk, question, [one for one in entries if one.kind != "vendor"], documents)


class Inexact(Peer):
    def rendered(self, delivery):
        made = json.loads(super().rendered(delivery))
        for posting in made["body"].get("postings", ()):
            if len(posting["amount"]) >= len("98765.43"):
                posting["amount"] = f"{posting['amount'][:-1]}0"
        return json.dumps(made).encode()


class Repeating(Peer):
    """Each third process sends once more what was sent last."""

    new = True

    def next(self, desk, session, **planned):
        last = dict(desk.recall("last"))
        if self.new:
            self.new = False
            last["processes"] = last.get("processes", 0) + 1
            desk.remember("last", last)
            if last["processes"] == 3 and "request" in last:
                return self.say(desk, session, {**last["request"], "key": "again"})
        reply = super().next(desk, session, **planned)
        if reply and (reply["request"] or {}).get("key"):
            desk.remember("last", {**last, "request": reply["request"]})
        return reply


class Trusting(Peer):
    """Takes what was sent for written, where nobody told what became of it."""

    def unsettled(self, desk, session):
        sent = super().unsettled(desk, session)
        if sent is not None:
            desk.settle(sent.effect, Posted(type="fee", id="1"))


class Denying(Peer):
    """Takes what was sent for not written, where nobody told what became of it."""

    def unsettled(self, desk, session):
        sent = super().unsettled(desk, session)
        if sent is not None:
            desk.settle(sent.effect, Absent("nobody told"))


class Hospitable(Peer):
    """Lets a second session in beside the first one, and has it write under keys of its own."""

    async def hello(self, call):
        reply = await super().hello(call)
        held = await self.context.note(lambda desk: dict(desk.recall("session")))
        right = await self.context.note(lambda desk: self.lets_in(desk, str(call.get("password"))))
        if reply["ticket"] or not right:
            return reply
        return {"ticket": f"guest-{held['epoch']}"}

    def session(self, desk, call):
        if str(call.get("ticket")).startswith("guest-"):
            return {**desk.recall("session"), "guest": True}
        return super().session(desk, call)

    def say(self, desk, session, request, effect=0, question=0):
        if session.pop("guest", False) and "key" in request:
            request = {**request, "key": f"guest {request['key']}"}
        return super().say(desk, session, request, effect, question)


class Overwriting(Peer):
    """Shows the version that the books have now, whoever made it."""

    def settle(self, desk, session, outcome):
        if getattr(outcome, "code", "") == "stale":
            desk.remember("stale", {"effect": session["effect"]})
            return
        super().settle(desk, session, outcome)

    def send(self, desk, session, delivery):
        request = json.loads(delivery.payload)
        if desk.recall("stale").get("effect") == delivery.effect:
            request["body"]["version"] = str(int(request["body"]["version"]) + 1)
        return self.say(desk, session, request, effect=delivery.effect)


class Losing(Peer):
    def offer(self, desk, question, entries, documents):
        super().offer(desk, question, entries, documents[: max(1, len(documents) - 1)])


class Careless(Peer):
    """Writes the password into the file."""

    async def new_password(self):
        self.password = await super().new_password()
        return self.password

    async def enrolment(self, url):
        file = await super().enrolment(url)
        return json.dumps({**json.loads(file), "password": self.password}).encode()


class Keeping(Peer):
    def keep(self, desk, password):
        super().keep(desk, password)
        desk.remember("clear", {"password": password})


class Lenient(Peer):
    """Goes on to take the password before the newest one."""

    def keep(self, desk, password):
        desk.remember("old", dict(desk.recall("password")))
        super().keep(desk, password)

    def lets_in(self, desk, password):
        old = desk.recall("old")
        return super().lets_in(desk, password) or (
            bool(old) and hashed(password, old["salt"]) == old["hash"]
        )


class Fragile(Peer):
    async def handle(self, request):
        json.loads(await request.read())
        return await super().handle(request)


class Incurious(Peer):
    """Takes every ticket for that of the session."""

    def session(self, desk, _call):
        return dict(desk.recall("session"))

    async def step(self, call, work):
        known = await self.context.note(lambda desk: dict(desk.recall("session")))
        return await super().step({**call, "ticket": f"x-{known['epoch']}"}, work)


class Mixing(Peer):
    """Keeps what is to be sent where all companies keep it."""

    request = None

    def say(self, *what, **more):
        reply = super().say(*what, **more)
        if "key" in reply["request"]:
            Mixing.request = reply["request"]
        return reply

    async def work(self, call):
        reply = await super().work(call)
        await asyncio.sleep(0)
        if reply["request"] and "key" in reply["request"]:
            reply = {**reply, "request": Mixing.request}
        return reply


class Hopeful(Peer):
    def percent(self, _session, percent):
        return 100 - percent


DEFECTS = {
    "test_previews_tell_what_will_be_written": peer(Peer, preview=fickle),
    "test_declared_operations_reach_the_books": peer(Undoing),
    "test_entries_reach_the_lists": peer(Nameless),
    "test_amounts_are_exact": peer(Inexact),
    "test_polling_again_changes_nothing": peer(Repeating),
    "test_a_lost_answer_doubles_nothing": peer(Trusting),
    "test_a_call_that_never_arrived_loses_nothing": peer(Denying),
    "test_two_polls_at_once_post_once": peer(Hospitable),
    "test_what_a_person_changed_is_not_overwritten": peer(Overwriting),
    "test_the_books_agree_with_what_was_posted": peer(Losing),
    "test_the_enrolment_file_has_the_address_and_no_secret": peer(Careless),
    "test_only_a_hash_of_the_password_is_kept": peer(Keeping),
    "test_a_wrong_password_is_refused": peer(Lenient),
    "test_hostile_calls_are_answered": peer(Fragile),
    "test_old_calls_are_worth_nothing": peer(Incurious),
    "test_two_companies_do_not_meet": peer(Mixing),
    "test_progress_only_grows": peer(Hopeful),
}

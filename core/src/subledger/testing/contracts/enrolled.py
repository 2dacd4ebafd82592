"""What a peer promises at its door: who is let in, and what becomes of everybody else."""

import asyncio
from collections.abc import Sequence
from random import Random
from typing import Final

from attrs import evolve

from subledger.runtime import HttpResponse
from subledger.testing import ledger, trials
from subledger.testing.bench import Bench
from subledger.testing.contracts.base import breach
from subledger.testing.contracts.polled import PolledContract
from subledger.testing.office import Calls, Office, replayed
from subledger.testing.outside import Sent
from subledger.testing.workplace import ROUND, SINK, URL

_SERVER_ERROR: Final = 500
_HOSTILE: Final = (
    *(b"", b"\0", b"\xff\xfe" * 100, b"{", b"null", b"<", b"<a/>", b"%00" * 50),
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]><a>&c;&c;&c;</a>',
    b"<a>" * 5_000,
    b"[" * 5_000,
    b"x" * 2_000_000,
)
_SHORTEST_PASSWORD: Final = 16


class EnrolledContract(PolledContract):
    """A part of the contract of every peer."""

    def test_the_enrolment_file_has_the_address_and_no_secret(self) -> None:
        """The file for the other side names our address, and nothing that opens a door."""

        async def history(office: Office) -> None:
            peer = office.work.peer
            password = await peer.new_password()
            file = (await peer.enrolment(URL)).decode()
            secrets = [password, *trials.secrets_in(office.bench.config())]
            address = f"{URL}/{self.type.mount}/{SINK}"
            if address not in file or any(trials.shown(one, file) for one in secrets):
                breach(
                    f"the enrolment file is {file!r:.400}",
                    promise=f"it names {address}, and holds no password",
                    hint="the password is typed by a person; build the address of the url that is "
                    "handed in, SinkType.mount and PeerContext.connection",
                )

        self.at_work(history)

    def test_only_a_hash_of_the_password_is_kept(self) -> None:
        """A new password is long, another one each time, and stands nowhere in the store."""

        async def history(office: Office) -> None:
            peer = office.work.peer
            passwords = [await peer.new_password() for _ in range(3)]
            await office.work.deliver()
            passwords.append(
                office.work.passwords[SINK]
            )  # by which the other side was let in just now
            stored = await office.work.store.read(ledger.everything)
            kept = [one for one in passwords if one in stored]
            short = [one for one in passwords if len(one) < _SHORTEST_PASSWORD]
            if kept or short or len(set(passwords)) != len(passwords):
                breach(
                    f"of {len(passwords)} passwords {len(kept)} are in the store, {len(short)} are "
                    f"short, and {len(set(passwords))} differ",
                    promise="whoever reads the database cannot poll in the other side's name",
                    hint="secrets.token_urlsafe(32), and a salted hash of it at the desk",
                )

        self.at_work(history)

    def test_a_wrong_password_is_refused(self) -> None:
        """With a wrong or an old password the other side gets nothing to do."""

        async def history(office: Office) -> None:
            await office.post()
            specimens = self.specimens(self.subject_kind(), 1)
            office.system.put(*specimens)
            await office.work.run()
            file, old = await office.work.peer.enrolment(URL), office.work.passwords[SINK]
            new = await office.work.peer.new_password()
            for wrong in ("", "wrong", f"{new}x", old):
                office.other.enrol(file, wrong)
                await office.other.poll(office.work.inward())
                await asyncio.sleep(ROUND)
                if office.written(specimens[-1]):
                    breach(
                        f"with {'the old' if wrong == old else 'a wrong'} password a document "
                        "was posted",
                        promise="only who knows the newest password is let in",
                        hint="compare with hmac.compare_digest, and keep one hash only",
                    )
            office.other.enrol(file, new)
            await asyncio.sleep(3600)  # after so many guesses a peer may ask for patience
            await office.work.sync()
            if len(office.written(specimens[-1])) != 1:
                breach(
                    "after wrong passwords the right one does not work any more",
                    promise="somebody's guesses do not keep the owner out",
                    hint="slow guesses down by their address, not by the connection",
                )

        self.at_work(history)

    def test_hostile_calls_are_answered(self) -> None:
        """Whatever is sent, the answer is no failure of ours, and nothing is written."""

        async def history(office: Office) -> None:
            calls = await self._recorded(office)
            before, sample = list(office.other.documents()), calls[-1]
            hostile = [
                evolve(sample, method=method, body=body)
                for method in ("POST", "GET", "PUT", "DELETE", "HEAD")
                for body in (_HOSTILE if method == "POST" else (b"", b"<a/>"))
            ]
            hostile += [evolve(sample, headers={}), evolve(sample, headers={"X": "y" * 4000})]
            hostile += _broken(calls)
            answers = await replayed(office.work.inward(), hostile)
            self._calm(answers, hostile)
            if list(office.other.documents()) != before or office.work.diary.failures:
                breach(
                    f"hostile calls did something: {office.work.diary.failures[:1]}",
                    promise="what is not understood is refused",
                    hint="read a call strictly before anything is done",
                )

        self.at_work(history)

    def test_old_calls_are_worth_nothing(self) -> None:
        """Calls of a session that is over, or of another process, are refused without harm."""

        async def history(office: Office) -> None:
            calls = await self._recorded(office)
            before = [(one.id, one.state) for one in await office.work.effects()]
            there = list(office.other.documents())
            specimens = self.specimens(self.subject_kind(), 2)
            office.system.put(*specimens)
            await office.work.run()  # so that there is something that old calls could take
            for restarted in (False, True):
                if restarted:
                    office.restart()
                self._calm(await replayed(office.work.inward(), calls), calls)
                self._calm(await replayed(office.work.inward(), calls[::-1]), calls[::-1])
                await asyncio.sleep(ROUND)
            await office.work.sync()
            after = [(one.id, one.state) for one in await office.work.effects()]
            now = list(office.other.documents())
            new = [one for one in now if one not in there]
            ours = (self.specimens(self.subject_kind(), 1)[-1], specimens[-1])
            once = all(len(office.written(one)) == 1 for one in ours)
            if len(now) - len(new) != len(there) or after[: len(before)] != before or not once:
                breach(
                    f"a replayed session turned the effects {before} into {after}, and the books "
                    f"hold {new!r:.300} besides what they held",
                    promise="a ticket is good for one session, and a reply counts once",
                    hint="bind the ticket to the epoch of the lease, and check it in every step",
                )

        self.at_work(history)

    def test_two_companies_do_not_meet(self) -> None:
        """Two companies that are polled at the same time each get their own documents."""

        async def on(first: Bench) -> None:
            second = evolve(first, outside=self.outside(first.clock))
            offices = [Office.of(first), Office.of(second)]
            specimens = [self.specimens(self.subject_kind(), number) for number in (1, 2)]
            for office, some in zip(offices, specimens, strict=True):
                office.system.put(*some)
            await asyncio.gather(*(office.work.sync() for office in offices))
            for own, other in ((0, 1), (1, 0)):
                mine = offices[own].written(specimens[own][-1])
                foreign = offices[own].written(specimens[other][-1])
                if len(mine) != 1 or foreign:
                    breach(
                        f"a company got {len(mine)} of its own documents, {len(foreign)} others",
                        promise="many companies are served at once, and never mixed up",
                        hint="keep everything of a session in the object or at the desk, nothing "
                        "in a module",
                    )

        self.rig().run(on)

    def test_progress_only_grows(self) -> None:
        """The percentages that the other side is told never fall, and never pass 100."""

        async def history(office: Office) -> None:
            office.system.put(*self.specimens(self.subject_kind(), 1))
            for number in range(4):
                office.system.put(*self.specimens(self.subject_kind(), number + 1))
                await office.work.run()
                await office.work.deliver()
                told = [one for one in office.other.progress if one >= 0]
                if told != sorted(told) or any(one > 100 for one in told):  # noqa: PLR2004 - percent
                    breach(
                        f"the other side was told {told}",
                        promise="progress moves forward, to 100 at the end",
                        hint="never tell less than before; new work shows in the next session",
                    )
                await asyncio.sleep(ROUND)

        self.at_work(history)

    async def _recorded(self, office: Office) -> list[Sent]:
        """The calls of a session that posted a document."""
        await office.post()
        office.system.put(*self.specimens(self.subject_kind(), 1))
        await office.work.run()
        calls = Calls(office)
        await office.other.poll(calls)
        await asyncio.sleep(ROUND)
        await office.work.sync()
        return calls.sent

    def _calm(self, answers: Sequence[HttpResponse], calls: Sequence[Sent]) -> None:
        __tracebackhide__ = True
        for answer, call in zip(answers, calls, strict=True):
            if answer.status >= _SERVER_ERROR or b"Traceback" in answer.body:
                breach(
                    f"{call.method} with the body {call.body[:80]!r} was answered "
                    f"{answer.status}: {answer.body[-300:]!r}",
                    promise="handle() never raises, and shows nothing of what is inside",
                    hint="catch what reading a call can raise, and answer with a fault of the "
                    "protocol",
                )


def _broken(calls: Sequence[Sent]) -> list[Sent]:
    """Real calls that are cut off, or have bytes changed; the same each time."""
    chance, found = Random(1), []  # noqa: S311 - the same each time, on purpose
    for call in calls:
        found.append(evolve(call, body=call.body[: len(call.body) // 2]))
        spoilt = bytearray(call.body)
        for _ in range(8):
            if spoilt:
                spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
        found.append(evolve(call, body=bytes(spoilt)))
    return found


__all__ = ["EnrolledContract"]

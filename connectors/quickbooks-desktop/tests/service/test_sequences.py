"""Any calls in any order, with any ticket and answer: no fault, one write in flight, none twice."""

import asyncio

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from subledger_quickbooks_desktop.simulator.com import ComError

WRITES = 3
TICKETS = st.sampled_from(["live", "live", "live", "live", "old", "forged", "foreign"])
FAILURES = st.sampled_from(["0x80040400", "0x80040401", "0x80040402", "0x80040414", "?"])


class Calls(RuleBasedStateMachine):
    """The Web Connector, QuickBooks and the network gone mad, on one real store."""

    def __init__(self, make_bench) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.bench = make_bench()
        self.tickets = [""]
        self.request = ""
        self.answers = [""]
        self.session = self.bench.session()
        self.done: set[str] = set()
        self.refused = 0
        self.written = 0

    def teardown(self) -> None:
        """Heal, run quietly, and count: every write is in the books once, or was refused."""
        try:
            self.run(self._heal())
        finally:
            self.loop.close()
            self.bench.company.close()
            self.bench.store.close()

    async def _heal(self) -> None:
        for _ in range(3):
            self.bench.clock.forward(120)
            await self.bench.run()
        states = await self.bench.states()
        memos = [row["memo"] for row in self.bench.posted()]
        assert len(memos) == len(set(memos)), "a write is in the books twice"
        assert set(states) <= {"settled", "rejected"}, states
        assert len(memos) == states.count("settled"), (states, memos)
        assert states.count("rejected") <= self.refused

    def run(self, work):
        """Run a coroutine."""
        return self.loop.run_until_complete(work)

    def call(self, method: str, *values):
        """Make a call; it must be answered in the protocol's words."""
        return self.run(self.bench.call(method, *values))

    def ticket(self, which: str) -> str:
        """A ticket of this sort."""
        live = self.tickets[-1]
        return {
            "live": live,
            "old": self.tickets[0],
            "forged": f"{'0' * 32}-{live.rpartition('-')[2] or 1}",
            "foreign": "of another company-1",
        }[which]

    @initialize()
    def work(self) -> None:
        """Something is to be posted, and the lists have been read."""
        self.run(self.bench.plan_checks(WRITES))
        live, self.request, self.session = self.run(self.bench.until("CheckAddRq"))
        self.tickets.append(live)

    @rule(wait=st.sampled_from([0, 30, 61]))
    def authenticate(self, wait: int) -> None:
        """A session begins, or the company is busy, or there is nothing to do."""
        self.bench.clock.forward(wait)
        ticket, answer, *later = self.run(self.bench.login())
        assert answer in ("", "busy", "none")
        assert not later or (answer == "" and 10 < int(later[0]) <= 600)
        if answer == "":
            assert ticket not in self.tickets
            self.tickets.append(ticket)

    @rule(password=st.text(max_size=5))
    def guess(self, password: str) -> None:
        """A wrong password."""
        text = "".join(c for c in password if c.isprintable())
        assert self.run(self.bench.login(text, address="10.9.9.9"))[1] == "nvu"

    @rule(which=TICKETS, hcp=st.sampled_from(["yes", "yes", "yes", "", "<bad"]))
    def send(self, which: str, hcp: str) -> None:
        """The next request is asked for."""
        text = self.run(
            self.bench.ask(self.ticket(which), self.bench.hcp() if hcp == "yes" else hcp)
        )
        if which != "live":
            assert text == ""
        elif text and text != "NoOp":
            assert text.startswith("<?xml")
            self.request = text

    @rule(which=TICKETS)
    def go_on(self, which: str) -> None:
        """The next request is asked for, as in the middle of a session."""
        text = self.run(self.bench.ask(self.ticket(which)))
        if which != "live":
            assert text == ""
        elif text:
            self.request = text

    @rule(rounds=st.integers(1, 4))
    def go_well(self, rounds: int) -> None:
        """Some rounds as they should be, with the session that is open now."""
        for _ in range(rounds):
            request = self.run(self.bench.ask(self.tickets[-1], self.bench.hcp()))
            if not request:
                return
            self.request = request
            self.quickbooks_works()
            if self.run(self.bench.give(self.tickets[-1], self.answers[-1])) in (-1, 100):
                return

    @rule()
    def quickbooks_works(self) -> None:
        """QuickBooks carries the last request out, once more if it has done so already."""
        if self.request:
            self.done.add(self.request)
            self.written += "AddRq" in self.request
            try:
                self.answers.append(self.session.process(self.request))
            except ComError:
                self.answers.append("")

    @rule(which=TICKETS, age=st.sampled_from([-1, -1, -1, -2, -3, 0]))
    def receive(self, which: str, age: int) -> None:
        """An answer comes: the last, an older one once more, or nothing at all."""
        answer = self.answers[max(age, -len(self.answers))]
        number = self.run(self.bench.give(self.ticket(which), answer))
        assert -1 <= number <= 100
        assert number != 0
        if which in ("forged", "foreign"):
            assert number == -1

    @rule(which=TICKETS, answer=st.sampled_from(["<", "hello", "<QBXML/>", "<QBXML>"]))
    def receive_rubbish(self, which: str, answer: str) -> None:
        """Something that is no answer comes."""
        assert -1 <= self.run(self.bench.give(self.ticket(which), answer)) <= 100

    @rule(which=TICKETS, hresult=FAILURES)
    def receive_failure(self, which: str, hresult: str) -> None:
        """QuickBooks could not process the request; only then may a write be refused."""
        if self.request in self.done and hresult == "0x80040400":
            return  # it has been carried out, so QuickBooks could read it
        before = self.run(self.bench.states()).count("rejected")
        assert -1 <= self.run(self.bench.give(self.ticket(which), "", hresult, "It failed.")) <= 100
        self.refused += self.run(self.bench.states()).count("rejected") - before

    @rule(which=TICKETS, hresult=FAILURES)
    def connection_error(self, which: str, hresult: str) -> None:
        """QuickBooks could not be opened."""
        assert self.call("connectionError", self.ticket(which), hresult, "It failed.") == "done"

    @rule(which=TICKETS)
    def last_error(self, which: str) -> None:
        """The reason is asked for; there is always one."""
        assert self.call("getLastError", self.ticket(which))

    @rule(which=TICKETS)
    def close(self, which: str) -> None:
        """The session is closed."""
        assert self.call("closeConnection", self.ticket(which))

    @rule()
    def restart(self) -> None:
        """The server process is a new one."""
        self.bench.restart()

    @invariant()
    def one_write_in_flight(self) -> None:
        """Never a second write while the outcome of one is open."""
        states = self.run(self.bench.states())
        assert sum(state in ("sent", "unknown") for state in states) <= 1, states


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_no_sequence_of_calls_leads_astray(make_bench) -> None:
    """Whatever is called in whatever order: words of the protocol, and each write at most once."""
    machines: list[Calls] = []

    def machine() -> Calls:
        machines.append(Calls(make_bench))
        return machines[-1]

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            phases=[Phase.generate],
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert sum(machine.written for machine in machines) > len(machines), "too few writes were tried"

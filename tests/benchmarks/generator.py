"""Simulated Web Connectors in one thread over epoll: the load of the SOAP benchmarks.

Every session takes a new connection and keeps it, as the Web Connector's HTTP client does. What is
asked decides what is answered: the company's activity, a page of customers, or a posted document.
"""

import argparse
import heapq
import json
import random
import re
import secrets
import select
import socket
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Generator
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

import documents
from measuring import cpu_seconds, percentile

EXPECT_PATIENCE = 0.35
"""Seconds until the .NET client sends a body for which it got no "100 Continue"."""

_LENGTH = re.compile(rb"(?i)content-length: *(\d+)")
_RESULT = re.compile(rb"Result>(.*)</\w+Result>", re.DOTALL)
_REQUEST = re.compile(rb"&lt;(\w+?)(Query|Add)Rq\b")
_REQUEST_ID = re.compile(rb'requestID="([^"]*)"')
_SET_ID = re.compile(rb'newMessageSetID="([^"]*)"')
_TICKET = re.compile(rb"<string>(.*?)</string><string>(.*?)</string>")

Session = Generator[tuple[str, bytes], bytes, None]


@cache
def _fixed(what: str, size: int) -> tuple[bytes, bytes]:
    """An answer, escaped, in front of and behind its requestID."""
    text = documents.activity() if what == "activity" else documents.list_page(size, "@ID@")
    before, _, behind = escape(text).partition("@ID@")
    return before.encode(), behind.encode()


@cache
def _written(document: str, size: int) -> list[bytes]:
    """The answer to a write, escaped, cut at its number, requestID and message set."""
    text = documents.posted(document, 0xABCDEF, size, "@ID@", "@SET@")
    return [piece.encode() for piece in re.split("ABCDEF|@ID@|@SET@", escape(text))]


class Load:
    """The sessions of all connectors, and what they saw."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.calls = self.sessions = self.complete = 0
        self.counts: Counter[str] = Counter()
        self.latency: dict[str, list[float]] = defaultdict(list)
        self.sets: Counter[bytes] = Counter()
        self.document = secrets.randbits(40)
        self.information = documents.company_information()
        self.server_version = documents.call("serverVersion")
        self.client_version = documents.call("clientVersion", strVersion="2.3.0.215")

    def session(self, file: int) -> Session:
        """One session with the server for one company file."""
        user = f"f{file:04}"
        yield "serverVersion", self.server_version
        yield "clientVersion", self.client_version
        body = documents.call("authenticate", strUserName=user, strPassword=documents.PASSWORD)
        found = _TICKET.search((yield "authenticate", body))
        ticket, word = found.groups() if found else (b"", b"")
        if word in (b"none", b"busy", b"nvu") or not ticket:
            self.counts[{b"none": "starved", b"busy": "busy"}.get(word, "failed")] += 1
            return
        yield from self._rounds(file, ticket.decode())
        yield "closeConnection", documents.call("closeConnection", ticket=ticket.decode())
        self.complete += 1

    def _rounds(self, file: int, ticket: str) -> Session:
        done = answered = 0
        while not self.options.answers or answered < self.options.answers:
            reply = yield (
                "sendRequestXML",
                documents.call(
                    "sendRequestXML",
                    ticket=ticket,
                    strHCPResponse=self.information if answered == 0 else "",
                    strCompanyFileName="C:\\Books\\Acme.qbw",
                    qbXMLCountry="US",
                    qbXMLMajorVers="16",
                    qbXMLMinorVers="0",
                ),
            )
            if b"&lt;" not in reply:
                if answered == 0:
                    self.counts["starved"] += 1
                elif b"NoOp" in reply:
                    self.counts["waited"] += 1
                    answered += 1
                    continue
                return
            answer = self._answer(file, reply, first=answered == 0)
            inner = b"<ticket>%b</ticket><response>%b</response><hresult/><message/>"
            body = documents.frame("receiveResponseXML", inner % (ticket.encode(), answer))
            result = _RESULT.search((yield "receiveResponseXML", body))
            answered += 1
            done = int(result[1]) if result else -1
            if done < 0:
                self.counts["failed"] += 1
                yield "getLastError", documents.call("getLastError", ticket=ticket)
                return
            if done >= 100:
                return

    def _answer(self, file: int, request: bytes, *, first: bool) -> bytes:
        """QuickBooks' answer to a request of the server, escaped."""
        size = self.options.size
        found = _REQUEST.search(request)
        name, verb = found.groups() if found else (b"", b"")
        if name == b"CompanyActivity" or first:
            if name != b"CompanyActivity" and not self.options.constant:
                self.counts["unexpected"] += 1
            return _fixed("activity", 0)[0]
        identifier = _REQUEST_ID.search(request)
        request_id = identifier[1] if identifier else b""
        if verb == b"Query":
            self.counts["pages"] += 1
            before, behind = _fixed("list", size)
            return before + request_id + behind
        message_set = _SET_ID.search(request)
        set_id = message_set[1] if message_set else b""
        if not self.options.constant:
            self.counts["writes"] += 1
            self.sets[set_id] += 1
            if b"-f%04d" % file not in request:
                self.counts["foreign"] += 1
        self.document += 1
        pieces = _written(name.decode(), size)
        number = b"%X" % self.document
        return b"".join([pieces[0], set_id, pieces[1], request_id, pieces[2], number, pieces[3]])


class Connector:
    """One Web Connector: runs sessions over one socket each."""

    def __init__(self, load: Load, epoll: "select.epoll", file: int) -> None:
        self.load, self.epoll, self.file = load, epoll, file
        self.socket: socket.socket | None = None
        self.session: Session | None = None
        self.out = memoryview(b"")
        self.later = b""
        self.into = bytearray()
        self.method, self.sent_at = "", 0.0
        self.waits_until = 0.0
        self.writing = False
        self.answer = b""

    def start(self) -> None:
        """Opens a connection and makes the first call of a session."""
        self.load.sessions += 1
        self.session = self.load.session(self.file)
        self.socket = socket.socket()
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.connect(("127.0.0.1", self.load.options.port))
        self.socket.setblocking(False)
        self.epoll.register(self.socket.fileno(), select.EPOLLIN)
        self.into.clear()
        self._call(next(self.session))

    def _call(self, call: tuple[str, bytes]) -> None:
        options = self.load.options
        self.method, body = call
        path = f"/qbwc/f{self.file:04}"
        head = documents.head(self.method, path, len(body), expect=options.expect)
        if options.expect:
            self.out, self.later = memoryview(head), body
            self.waits_until = time.perf_counter() + EXPECT_PATIENCE
        else:
            self.out = memoryview(head + body)
        self.sent_at = time.perf_counter()
        self._write()

    def _write(self) -> None:
        assert self.socket is not None
        try:
            sent = self.socket.send(self.out)
        except BlockingIOError:
            sent = 0
        self.out = self.out[sent:]
        if bool(self.out) != self.writing:
            self.writing = bool(self.out)
            events = select.EPOLLIN | (select.EPOLLOUT if self.writing else 0)
            self.epoll.modify(self.socket.fileno(), events)

    def send_body(self, *, late: bool = False) -> None:
        """Sends the body that waited for "100 Continue"."""
        if late:
            self.load.counts["expect_timeouts"] += 1
        self.out, self.later, self.waits_until = memoryview(self.later), b"", 0.0
        self._write()

    def ready(self, events: int) -> float | None:
        """Goes on after an event; the seconds to think where the session has a pause, else None."""
        if events & select.EPOLLOUT and self.out:
            self._write()
        if not events & (select.EPOLLIN | select.EPOLLHUP | select.EPOLLERR):
            return None
        assert self.socket is not None
        try:
            data = self.socket.recv(262144)
        except BlockingIOError:
            return None
        except OSError:
            data = b""
        if not data:
            self.fail()
            return None
        self.into += data
        return self._respond()

    def _respond(self) -> float | None:
        end = self.into.find(b"\r\n\r\n")
        if end < 0:
            return None
        if self.into.startswith(b"HTTP/1.1 100"):
            del self.into[: end + 4]
            if self.later:
                self.send_body()
            return self._respond() if self.into else None
        found = _LENGTH.search(self.into, 0, end)
        whole = end + 4 + (int(found[1]) if found else 0)
        if len(self.into) < whole:
            return None
        now = time.perf_counter()
        load = self.load
        load.calls += 1
        load.latency[self.method].append(now - self.sent_at)
        if not self.into.startswith(b"HTTP/1.1 200"):
            self.fail()
            return None
        self.answer = bytes(self.into[end + 4 : whole])
        del self.into[:whole]
        if load.options.think and self.method == "sendRequestXML":
            return float(load.options.think)
        self.go_on()
        return None

    def go_on(self) -> None:
        """Makes the next call of the session, or ends it."""
        assert self.session is not None
        try:
            call = self.session.send(self.answer)
        except StopIteration:
            self.end()
            return
        self._call(call)

    def fail(self) -> None:
        """The session broke."""
        self.load.counts["failed"] += 1
        self.end()

    def end(self) -> None:
        """Closes the connection."""
        assert self.socket is not None
        self.epoll.unregister(self.socket.fileno())
        self.socket.close()
        self.socket, self.session, self.later, self.waits_until = None, None, b"", 0.0
        self.writing = False


class Run:
    """One run: warm-up, a measured window, and a drain in which open sessions come to their end."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options, self.load, self.epoll = options, Load(options), select.epoll()
        self.files = list(range(options.first, options.first + options.files))
        self.chance = random.Random(7)  # noqa: S311 - repeatable load, no secret
        self.chance.shuffle(self.files)
        self.active: dict[int, Connector] = {}
        self.thinking: list[tuple[float, int, Connector]] = []
        self.idle = [] if options.rate else [self._connector(n) for n in range(options.connectors)]
        self.arrivals = 0
        self.mark: tuple[float, int, float, float] = (0.0, 0, 0.0, 0.0)

    def _connector(self, number: int) -> Connector:
        return Connector(self.load, self.epoll, self.files[number % len(self.files)])

    def _begin(self, connector: Connector) -> None:
        connector.start()
        assert connector.socket is not None
        self.active[connector.socket.fileno()] = connector

    def _arrive(self, elapsed: float) -> None:
        for connector in self.idle:
            self._begin(connector)
        self.idle.clear()
        while self.options.rate and self.arrivals < elapsed * self.options.rate:
            self._begin(self._connector(self.arrivals))
            self.arrivals += 1

    def _turn(self) -> None:
        """Waits for events and deals with them."""
        now = time.perf_counter()
        while self.thinking and self.thinking[0][0] <= now:
            heapq.heappop(self.thinking)[2].go_on()
        if self.options.expect:
            for connector in self.active.values():
                if connector.waits_until and connector.waits_until < now:
                    connector.send_body(late=True)
        until = 0.02
        if self.thinking:
            until = min(until, max(0.0, self.thinking[0][0] - now))
        for number, events in self.epoll.poll(until):
            pause = self.active[number].ready(events)
            if pause is not None:
                due = time.perf_counter() + pause * self.chance.uniform(0.9, 1.1)
                heapq.heappush(self.thinking, (due, self.load.calls, self.active[number]))
        for number in [n for n, connector in self.active.items() if connector.session is None]:
            connector = self.active.pop(number)
            if not self.options.rate:
                self.idle.append(connector)

    def _set_mark(self) -> tuple[float, int, float, float]:
        now, used = time.perf_counter(), cpu_seconds(self.options.pid)
        return now, self.load.calls, used, time.process_time()

    def run(self) -> dict[str, Any]:
        """Runs the load and returns what was seen in the measured window."""
        begun = time.perf_counter()
        for length in (self.options.warm, self.options.seconds):
            start, self.mark = time.perf_counter(), self._set_mark()
            self.load.latency.clear()
            while (now := time.perf_counter()) < start + length:
                self._arrive(now - begun)
                self._turn()
        figures = self._figures(self.mark, self._set_mark())
        patience = time.perf_counter() + self.options.patience
        while self.active and time.perf_counter() < patience:
            self._turn()
        counts = self.load.counts
        counts["failed"] += len(self.active)
        return {
            **figures,
            "sessions": self.load.sessions,
            "complete": self.load.complete,
            "doubled": sum(count > 1 for count in self.load.sets.values()),
            **{name: counts[name] for name in ("starved", "busy", "failed", "foreign")},
            **{name: counts[name] for name in ("unexpected", "pages", "writes", "waited")},
            "expect_timeouts": counts["expect_timeouts"],
        }

    def _figures(
        self, before: tuple[float, int, float, float], after: tuple[float, int, float, float]
    ) -> dict[str, Any]:
        seconds, calls, used, own = (b - a for a, b in zip(before, after, strict=True))
        return {
            "calls": calls,
            "seconds": seconds,
            "calls_per_second": calls / seconds,
            "server_cpu_us_per_call": 1e6 * used / max(1, calls),
            "server_core": used / seconds,
            "generator_core": own / seconds,
            "ms": {
                method: {
                    "count": len(times),
                    "p50": 1000 * percentile(times, 0.5),
                    "p99": 1000 * percentile(times, 0.99),
                }
                for method, times in self.load.latency.items()
            },
        }


def main() -> None:
    """Reads the options, runs, and prints one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--pid", type=int, required=True, help="the server's process")
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--warm", type=float, default=0.5)
    parser.add_argument("--connectors", type=int, default=20)
    parser.add_argument("--files", type=int, default=20)
    parser.add_argument("--first", type=int, default=0, help="number of the first company file")
    parser.add_argument("--patience", type=float, default=30.0, help="seconds for open sessions")
    parser.add_argument("--answers", type=int, default=2, help="per session; 0: until 100 per cent")
    parser.add_argument("--size", type=int, default=2048, help="bytes of an answer")
    parser.add_argument("--rate", type=float, default=0.0, help="sessions a second; 0: no pause")
    parser.add_argument("--think", type=float, default=0.0, help="seconds that QuickBooks takes")
    parser.add_argument("--expect", action="store_true", help="send Expect: 100-continue")
    parser.add_argument("--constant", action="store_true", help="the server answers constants")
    json.dump(Run(parser.parse_args()).run(), sys.stdout)
    print()


if __name__ == "__main__":
    main()

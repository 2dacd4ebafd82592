"""Calls a second of the whole server against a bare aiohttp handler (goals 1, 6, 7 and 11).

Every measured session is a real one: serverVersion, clientVersion, authenticate with the right
password, the company's identity and activity, then either a page of customers that is stored
("lists") or a planned card purchase that is rendered, checked, sent, settled, linked and audited
("writes"), closeConnection. All state is on disk (SQLite, FULL) before a call is answered, and each
call writes one JSON log line through the redaction. The bare handler gets the same bytes.
"""

from contextlib import ExitStack
from typing import Any

from measuring import Goal, Server, finish, median, options, outcome, server, table


def load(target: Server, *arguments: str) -> Any:
    """One run of the load generator against a server."""
    common = ("--port", str(target.port), "--pid", str(target.pid))
    return outcome("generator.py", *common, *arguments)


def _ratios(seconds: float, rounds: int) -> tuple[list[list[object]], dict[str, Any]]:
    """Lists and writes at 2 and 20 KB, each beside the bare handler, in alternating order."""
    rows, found = [], {}
    for work in ("lists", "writes"):
        for size in (2048, 20480):
            runs: dict[str, list[Any]] = {"bare": [], "full": []}
            waiting = "4000" if work == "writes" else "0"
            with ExitStack() as stack:
                bare = stack.enter_context(server("constant_server.py", "bare"))
                full = stack.enter_context(
                    server("subledger_server.py", "--work", work, "--waiting", waiting)
                )
                for turn in range(rounds):
                    pair = [("bare", bare, ("--constant",)), ("full", full, ())]
                    for name, target, more in pair if turn % 2 == 0 else reversed(pair):
                        arguments = ("--size", str(size), "--seconds", str(seconds), *more)
                        runs[name].append(load(target, *arguments))
            pairs = list(zip(runs["full"], runs["bare"], strict=True))
            figures = {
                "calls_ratio": median(
                    [f["calls_per_second"] / b["calls_per_second"] for f, b in pairs]
                ),
                "cpu_ratio": median(
                    [f["server_cpu_us_per_call"] / b["server_cpu_us_per_call"] for f, b in pairs]
                ),
                "bare_us": median([b["server_cpu_us_per_call"] for b in runs["bare"]]),
                "full_us": median([f["server_cpu_us_per_call"] for f in runs["full"]]),
                "bare_core": median([b["server_core"] for b in runs["bare"]]),
                "full_core": median([f["server_core"] for f in runs["full"]]),
                "bad": sum(f[n] for f in runs["full"] for n in ("failed", "starved", "foreign")),
            }
            found[f"{work}_{size // 1024}"] = figures
            rows.append([f"{work} {size // 1024} KB", *figures.values()])
    return rows, found


def _generator(seconds: float) -> dict[str, float]:
    """Whether the generator is the limit: against a raw protocol, and on the bare handler."""
    found = {}
    for sort in ("raw", "bare"):
        with server("constant_server.py", sort) as target:
            run = load(target, "--constant", "--seconds", str(seconds))
        found[f"{sort}_calls_per_second"] = run["calls_per_second"]
        found[f"{sort}_generator_core"] = run["generator_core"]
    return found


def _expect(seconds: float, rounds: int) -> dict[str, float]:
    """Throughput with Expect: 100-continue over that without, and the time-outs."""
    ratios, timeouts = [], 0
    with server("subledger_server.py", "--work", "lists") as full:
        for _ in range(rounds):
            plain = load(full, "--seconds", str(seconds))
            expecting = load(full, "--seconds", str(seconds), "--expect")
            ratios.append(expecting["calls_per_second"] / plain["calls_per_second"])
            timeouts += expecting["expect_timeouts"]
    return {"ratio": median(ratios), "timeouts": timeouts}


def _many_files(seconds: float) -> dict[str, Any]:
    """A thousand company files every five minutes, and ten times that; two documents each."""
    found = {}
    with server("subledger_server.py", "--files", "1000", "--waiting", "2") as full:
        for times, first, files in ((2, 0, 50), (1, 50, 100), (10, 150, 850)):  # the first warms up
            run = load(
                *(full, "--first", str(first), "--files", str(files), "--answers", "0"),
                *("--size", "20480", "--warm", "0", "--think", "1"),
                *("--rate", str(times * 1000 / 300), "--seconds", str(seconds)),
            )
            found[f"x{times}"] = {
                "core": run["server_core"],
                "sessions": run["sessions"],
                "writes": run["writes"],
                "authenticate_p99_ms": run["ms"].get("authenticate", {}).get("p99", 0.0),
                **{name: run[name] for name in ("busy", "starved", "failed", "foreign", "doubled")},
            }
    return found


def _isolation(seconds: float) -> dict[str, Any]:
    """Fifty connectors of fifty files, and eight connectors of one file."""
    found = {}
    for connectors, files in ((50, 50), (8, 1)):
        with server("subledger_server.py", "--files", str(files), "--waiting", "2000") as full:
            run = load(
                *(full, "--files", str(files), "--connectors", str(connectors)),
                *("--seconds", str(seconds)),
            )
        names = ("sessions", "writes", "starved", "failed", "foreign", "doubled", "busy")
        found[f"{connectors}_of_{files}"] = {name: run[name] for name in names}
    return found


def main() -> None:
    """Runs everything and prints tables, goals and one JSON object."""
    given = options(__doc__ or "")
    seconds, rounds = given.seconds, given.rounds
    generator = _generator(seconds)
    rows, ratios = _ratios(seconds, rounds)
    head = ("session", "calls/s ratio", "CPU ratio", "bare us/call", "full us/call")
    table("Full server over bare aiohttp", (*head, "bare core", "full core", "bad"), rows)
    expect, many, isolation = (
        _expect(seconds, rounds),
        _many_files(max(6.0, seconds)),
        _isolation(seconds),
    )
    goals = [
        Goal(
            number="1",
            what=f"calls/s, {name.replace('_', ' ')} KB",
            limit=f">= {least:.2f} of bare aiohttp",
            figure=f"{ratios[name]['calls_ratio']:.2f}",
            reached=ratios[name]["calls_ratio"] >= least,
        )
        for name, least in (
            *(("lists_2", 0.3), ("lists_20", 0.2)),
            *(("writes_2", 0.3), ("writes_20", 0.2)),
        )
    ]
    goals += [
        Goal(
            number="1",
            what=f"CPU per call, {work} 2 KB",
            limit="<= 4 x bare aiohttp",
            figure=f"{ratios[f'{work}_2']['cpu_ratio']:.1f} x",
            reached=ratios[f"{work}_2"]["cpu_ratio"] <= 4,
        )
        for work in ("lists", "writes")
    ]
    trouble = ("busy", "starved", "failed", "foreign", "doubled")
    for name, most in (("x1", 0.03), ("x10", 0.10)):
        run = many[name]
        bad = sum(run[word] for word in trouble)
        late = run["authenticate_p99_ms"]
        goals.append(
            Goal(
                number="6",
                what=f"1,000 files every 5 minutes, {name}",
                limit=f"<= {most:.0%} of a core, 0 bad, authenticate p99 <= 10 ms",
                figure=f"{run['core']:.1%}, {bad} bad of {run['sessions']}, {late:.1f} ms",
                reached=run["core"] <= most and not bad and late <= 10,
            )
        )
    for name, run in isolation.items():
        bad = run["starved"] + run["failed"] + run["foreign"] + run["doubled"]
        goals.append(
            Goal(
                number="7",
                what=f"isolation, connectors {name.replace('_', ' ')} file(s)",
                limit="0 starved, foreign, doubled",
                figure=f"{bad} of {run['writes']} writes ({run['busy']} polls busy)",
                reached=bad == 0 and run["writes"] > 0,
            )
        )
    goals.append(
        Goal(
            number="11",
            what="Expect: 100-continue",
            limit="0 time-outs, >= 0.8 of without",
            figure=f"{expect['timeouts']:.0f}, {expect['ratio']:.2f}",
            reached=not expect["timeouts"] and expect["ratio"] >= 0.8,
        )
    )
    finish(
        "soap_calls",
        {"generator": generator, **ratios, "expect": expect, "many": many, "isolation": isolation},
        goals,
    )


if __name__ == "__main__":
    main()

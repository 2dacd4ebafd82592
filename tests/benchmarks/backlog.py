"""A backlog costs neither memory nor time (goal 5): 100 against 1,000,000 waiting effects.

Sessions of one document each on one company file; the same load on both servers in the same run.
"""

from contextlib import AbstractContextManager, nullcontext

from measuring import Goal, Server, finish, median, memory, options, outcome, server, table

SIZES = (100, 1_000_000)


def _serving(waiting: int) -> AbstractContextManager[Server]:
    return server("subledger_server.py", "--files", "1", "--waiting", str(waiting))


def main() -> None:
    """Runs everything, alternating, and prints a table, goals and one JSON object."""
    given = options(__doc__ or "")
    calls: dict[int, list[float]] = {size: [] for size in SIZES}
    grown: dict[int, list[float]] = {size: [] for size in SIZES}
    with _serving(SIZES[1]) as large_one:
        for turn in range(given.rounds):
            for size in SIZES if turn % 2 == 0 else reversed(SIZES):
                # a small backlog is used up by one load: it gets a new server each time
                few = size == SIZES[0]
                with _serving(size) if few else nullcontext(large_one) as target:
                    run = outcome(
                        *("generator.py", "--port", str(target.port), "--pid", str(target.pid)),
                        *("--files", "1", "--connectors", "1", "--answers", "8"),
                        *("--warm", "0.1", "--seconds", "0.2"),
                    )
                    calls[size].append(run["ms"]["sendRequestXML"]["p50"])
                    grown[size].append(memory(target.pid))
    small, large = (median(calls[size]) for size in SIZES)
    small_rss, large_rss = (grown[size][-1] for size in SIZES)
    table(
        "Backlog",
        ("waiting effects", "sendRequestXML p50 ms", "RSS MB"),
        [(f"{size:,}", median(calls[size]), grown[size][-1]) for size in SIZES],
    )
    finish(
        "backlog",
        {"p50_ms": calls, "rss_mb": grown},
        [
            Goal(
                number="5",
                what="memory with 1,000,000 waiting effects",
                limit="<= 1.1 x that with 100",
                figure=f"{large_rss / small_rss:.2f} x",
                reached=large_rss <= 1.1 * small_rss,
            ),
            Goal(
                number="5",
                what="sendRequestXML p50 with 1,000,000 waiting effects",
                limit="<= 2 x that with 100",
                figure=f"{large / small:.2f} x",
                reached=large <= 2 * small,
            ),
        ],
    )


if __name__ == "__main__":
    main()

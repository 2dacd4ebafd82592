"""A simulation can be kept and gone back to, and is the same for the same seed."""

from datetime import UTC, datetime

from subledger_quickbooks_online.simulator import NO_LIMITS, Clock, Simulation


def test_going_back(app, bill):
    """After going back books, tokens, requestids, faults and files are as they were."""
    app.simulation.faults.set("lost-answer~POST bill@3")
    app.post("bill", bill, requestid="k")
    kept = app.simulation.snapshot()
    made = app.post("bill", bill)["Bill"]
    late = app.simulation.connect()["access_token"]
    for _ in "12":
        app.simulation.restore(kept)
        assert app.count("Bill") == 1
        assert app.code("GET", f"bill/{made['Id']}") == (400, "610")
        app.post("bill", bill, requestid="k")
        assert app.count("Bill") == 1
        assert app.send("POST", "bill", bill).lost
        assert app.simulation.tokens.of_access(late) is None
        assert app.simulation.connect()["access_token"] == late


def test_the_clock_stays_its_own(app):
    """Going back does not move the clock, and everything still follows it."""
    kept = app.simulation.snapshot()
    app.simulation.clock.advance(app.simulation.clock() - datetime(2026, 3, 2, 15, tzinfo=UTC))
    app.simulation.restore(kept)
    assert app.simulation.now == datetime(2026, 3, 2, 19, tzinfo=UTC)
    assert app.code("GET", "preferences") == (401, "3200")


def test_the_same_seed_gives_the_same_answers():
    """Two simulations of one seed answer byte by byte alike; another seed has other tokens."""

    def play(seed):
        simulation = Simulation.open(seed=seed, switches=NO_LIMITS)
        token = simulation.connect()["access_token"]
        name = simulation.company_name(simulation.chosen_realm)
        simulation.close()
        return token, name

    assert play(1) == play(1)
    assert play(1)[0] != play(2)[0]


def test_a_clock_follows_another_one():
    """Virtual time comes in from outside."""
    now = [datetime(2026, 1, 1, tzinfo=UTC)]
    simulation = Simulation.open(clock=Clock(lambda: now[0]))
    now[0] = datetime(2026, 1, 2, tzinfo=UTC)
    assert simulation.now == now[0]
    simulation.close()


def test_a_company_file_outlives_the_process(tmp_path):
    """Books on disk are found again, with what was remembered for a requestid."""
    path = str(tmp_path / "company.sqlite")
    for name in ("Paper", "Pens"):
        simulation = Simulation.open(path=path)
        simulation.company.create("Vendor", {"DisplayName": name})
        simulation.close()
    simulation = Simulation.open(path=path)
    assert simulation.company.query("select count(*) from Vendor")["totalCount"] == 2
    simulation.close()

"""Passwords: what is counted, what is judged, and who is locked out."""

import asyncio

from subledger_quickbooks_desktop import identity

PASSWORD = "correct horse battery staple"


async def test_ten_guesses_of_an_address_are_judged_and_no_more(bench, monkeypatch) -> None:
    """Of many guesses, one after another, ten reach the password; another address may go on."""
    judged = []
    real = identity.matches
    monkeypatch.setattr(identity, "matches", lambda *a: judged.append(a) or real(*a))
    await bench.plan_checks(1)
    for number in range(500):
        assert (await bench.login(f"guess {number}"))[1] == "nvu"
    assert len(judged) == 10
    assert (await bench.login())[1] == "nvu", "the guessing address is locked out"
    assert (await bench.login(address="10.0.0.2"))[1] == ""
    assert not any("guess" in str(line) for line in bench.lines)
    bench.clock.forward(16 * 60)
    assert (await bench.login())[1] != "nvu", "a quarter of an hour later it may try again"


async def test_ten_guesses_at_once_are_judged_and_no_more(make_bench, monkeypatch) -> None:
    """Guesses that arrive together cannot outrun the count, also where the hash is stored."""
    bench = make_bench(password=None)
    await bench.service.new_password()
    judged = []
    real = identity.matches
    monkeypatch.setattr(identity, "matches", lambda *a: judged.append(a) or real(*a))
    answers = await asyncio.gather(*(bench.login(f"guess {number}") for number in range(100)))
    assert {answer[1] for answer in answers} == {"nvu"}
    assert len(judged) == 10


async def test_the_right_password_is_never_counted(bench) -> None:
    """A Web Connector that runs every minute does not lock itself out."""
    for _ in range(50):
        assert (await bench.login())[1] == "none"


async def test_a_right_password_does_not_forgive_the_wrong_ones(bench) -> None:
    """Somebody who knows one password cannot guess on for ever by using it between the guesses."""
    for number in range(9):
        assert (await bench.login(f"guess {number}"))[1] == "nvu"
        assert (await bench.login())[1] == "none"
    assert (await bench.login("guess 10"))[1] == "nvu"
    assert (await bench.login())[1] == "nvu"


async def test_an_unknown_user_is_told_the_same_as_a_wrong_password(bench) -> None:
    """The answer does not tell whether the name or the password is wrong."""
    unknown = await bench.call("authenticate", "somebody", PASSWORD)
    assert unknown == await bench.login("wrong") == ["", "nvu"]

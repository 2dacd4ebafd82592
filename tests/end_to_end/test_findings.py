"""X5: findings name the cause and the way out; retry and skip do what they say."""

from world import TOKEN, ago

from subledger_pex.simulator.landmarks import bought, plain

GOOD = bought("good", -100, ago(9))
STAMPS = [bought(f"stamps {n}", -1000 - n, ago(9 - n), tags=plain("Postage")) for n in range(3)]


async def test_mend_the_cause_and_retry(make):
    """X5: one finding for three purchases; once the account is active, retry posts each once."""
    async with make(GOOD, *STAMPS) as world:
        await world.sync()
        assert await world.count() == {"posted": 1, "held": 3}
        code, document = await world.command("findings")
        (found,) = document["findings"]
        assert (code, found["category"], found["records"]) == (1, "mapping_stale", 3)
        assert found["total"] == "-30.03"
        assert '"Postage" is inactive' in found["cause"]
        assert "active again" in found["hint"]
        assert (await world.sync()).writes == 0

        active = {"IsActive": "true"}
        world.company.books.human.edit_list_object("Account", "Postage", active)
        code, document = await world.command("findings", "retry", str(found["number"]))
        assert (code, document["changed"]) == (0, 3)
        await world.session()
        assert await world.count() == {"posted": 4}
        for _ in range(2):
            await world.sync()
        assert set(world.marks().values()) == {1}
        assert (await world.command("findings"))[1]["findings"] == []
        await world.agree()


async def test_retry_without_mending(make):
    """X5: retry without mending the cause brings the same finding back, and posts nothing."""
    async with make(*STAMPS) as world:
        await world.sync()
        before = await world.finding("mapping_stale")
        assert (await world.command("findings", "retry", "--all"))[0] == 0
        assert (await world.sync()).writes == 0
        assert (await world.finding("mapping_stale")).id == before.id


async def test_skip(make):
    """X5: skipped records are never posted, counted as skipped, and the reason is kept."""
    async with make(GOOD, *STAMPS) as world:
        await world.sync()
        finding = await world.finding("mapping_stale")
        words = ("findings", "skip", str(finding.id), "--reason", "paid privately")
        assert (await world.command(*words))[1]["changed"] == 3
        active = {"IsActive": "true"}
        world.company.books.human.edit_list_object("Account", "Postage", active)
        world.advance(hours=2)
        await world.sync()
        assert await world.count() == {"posted": 1, "skipped": 3}
        history = await world.kernel.store.read(
            lambda c: c.exec_driver_sql("SELECT detail FROM history WHERE action='skipped'").all()
        )
        assert "paid privately" in history[0][0]
        await world.agree()


async def test_number_before_the_name(make):
    """Scenario 3: `201 · Equipment` waits with a hint about the number; a mended tag goes once."""
    tag = bought("equipment", -129900, ago(9), tags=plain("201 · Equipment"))
    async with make(tag) as world:
        await world.sync()
        finding = await world.finding("mapping_missing")
        assert "a number before the name" in finding.hint
        account = {"Name": "Equipment", "AccountType": "FixedAsset"}
        world.company.books.human.add_list_object("Account", account)
        world.change("equipment", tags=plain("Equipment"))
        world.advance(hours=2)  # the lists of the books are read once an hour
        await world.sync()
        assert world.document("equipment")["lines"][0]["account"] == "Equipment"
        await world.sync()
        assert set(world.marks().values()) == {1}
        await world.agree()


async def test_show(make):
    """X5: a finding shows the records that wait for it, with date and amount."""
    async with make(*STAMPS) as world:
        await world.sync()
        finding = await world.finding("mapping_stale")
        _code, document = await world.command("findings", "show", str(finding.id))
        assert [row["amount"] for row in document["records"]] == ["-10.00", "-10.01", "-10.02"]


async def test_expired_token(make):
    """Scenario 4: a token that expires in mid-run leaves a clear state; a new run posts each."""
    items = [bought(f"item {n}", -100 - n, ago(300 - 60 * n)) for n in range(5)]
    async with make(*items) as world:
        world.cards.faults = type(world.cards.faults)(expire_token_at=7)
        report = await world.run_flow()
        assert report.state == "failed"
        found = [row for row in await world.findings() if row.category == "auth_expired"]
        assert len(found) == 1
        assert found[0].hint
        assert (await world.run_flow()).state == "failed"
        assert len([r for r in await world.findings() if r.category == "auth_expired"]) == 1

        world.cards.tokens.admit(TOKEN)
        world.cards.faults = type(world.cards.faults)()
        await world.sync()
        assert await world.findings() == []
        assert await world.count() == {"posted": 5}
        await world.agree()

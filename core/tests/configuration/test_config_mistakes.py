"""Mistakes in the configuration: where, what, and what to do, all at once."""

import pytest

from subledger.config import load_settings
from subledger.errors import ConfigError

GOOD = """
[connections.cards]
connector = "cards"
token = { env = "TOKEN" }
[connections.books]
connector = "books"
company_file = 'C:\\Books\\A.qbw'
[flows.spend]
recipe = "spend"
source = "cards"
sink = "books"
settings = { account = "Cards" }
"""


def problems(site, path):
    with pytest.raises(ConfigError) as caught:
        load_settings(path, site.catalogue, environment={"TOKEN": "canary-token", "EMPTY": ""})
    return [str(problem) for problem in caught.value.problems]


def test_good_file_is_accepted(sound, write):
    """The file that the cases below change by one thing is itself sound."""
    load_settings(write(GOOD), sound.catalogue, environment={"TOKEN": "t"})


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "token = {",
            "tokn = {",
            "connections.cards.tokn: is not a setting. Did you mean 'token'?",
        ),
        (
            '{ env = "TOKEN" }',
            '"hunter2"',
            (
                "connections.cards.token: a secret may not stand here in clear text. "
                'Write { env = "NAME" } or { file = "PATH" } in its place.'
            ),
        ),
        (
            '{ env = "TOKEN" }',
            '{ env = "NOPE" }',
            (
                "connections.cards.token: environment variable NOPE is not set. "
                'Set it, or write { file = "PATH" } in its place.'
            ),
        ),
        (
            '{ env = "TOKEN" }',
            '{ env = "EMPTY" }',
            "connections.cards.token: the secret is empty. It was read from env.",
        ),
        (
            '{ env = "TOKEN" }',
            '{ evn = "TOKEN" }',
            "connections.cards.token: secrets cannot be kept in 'evn'. Did you mean 'env'?",
        ),
        (
            'connector = "cards"',
            'connector = "card"',
            (
                "connections.cards.connector: no source or sink is called 'card'. "
                "Did you mean 'cards'?"
            ),
        ),
        (
            'source = "cards"',
            'source = "cads"',
            "flows.spend.source: no connection is called 'cads'. Did you mean 'cards'?",
        ),
        (
            'source = "cards"',
            'source = "books"',
            "flows.spend.sink: 'books' is the source as well",
        ),
        (
            'recipe = "spend"',
            'recipe = "spent"',
            "flows.spend.recipe: no recipe is called 'spent'. Did you mean 'spend'?",
        ),
        ('"Cards"', '"wrong"', "flows.spend.settings: the account is wrong"),
        ('"Cards"', "5", "flows.spend.settings.account: is a whole number, not a text"),
        (
            'sink = "books"\n',
            'sink = "books"\nevery = "1m"\n',
            (
                "flows.spend.every: 1m is more often than the source allows. "
                'Write every = "5m" or longer.'
            ),
        ),
        (
            'sink = "books"\n',
            'sink = "books"\ncron = "* 6 * * *"\n',
            (
                "flows.spend.cron: runs 1m apart are more often than the source allows. "
                "The least is 5m."
            ),
        ),
        (
            'sink = "books"\n',
            'sink = "books"\ncron = "0 0 30 2 *"\n',
            "flows.spend.cron: '0 0 30 2 *' ",
        ),
        (
            'sink = "books"\n',
            'sink = "books"\ncron = "0 6 * * *"\nevery = "1h"\n',
            "flows.spend.cron: every and cron exclude each other. Keep one of them.",
        ),
        (
            'sink = "books"\n',
            'sink = "books"\nend = 2026-12-31\n',
            (
                "flows.spend.end: an end date cannot go with automatic runs: every later run would "
                'find nothing, and look as if all were well. Remove it, or write every = "manual".'
            ),
        ),
        (
            'sink = "books"\n',
            'sink = "books"\nevery = "manual"\nstart = 2026-12-31\nend = 2026-01-01\n',
            "flows.spend.end: 2026-01-01 is before the start, 2026-12-31",
        ),
        (
            'sink = "books"\n',
            'sink = "books"\nstart = "2026-12-31"\n',
            (
                "flows.spend.start: is a text, not a date. "
                "Write it without quotes, such as 2026-01-31."
            ),
        ),
        (
            'sink = "books"\n',
            'sink = "books"\nlook_back = "900d"\n',
            (
                "flows.spend.look_back: 900d would read the same records again and again. "
                "At most 400d; use start for older records."
            ),
        ),
        (
            'sink = "books"\n',
            'sink = "books"\nclosed_period = "hole"\n',
            "flows.spend.closed_period: 'hole' is not possible. Did you mean 'hold'?",
        ),
        (
            'sink = "books"\n',
            'sink = "books"\nreview = 1\n',
            "flows.spend.review: is a whole number, not true or false",
        ),
        (
            'sink = "books"\n',
            'sink = "books"\nkinds = ["fee", "bill"]\n',
            (
                "flows.spend.kinds: the recipe does not move bill; "
                "it moves card_transaction, deposit, fee, transfer"
            ),
        ),
        (
            'sink = "books"\n',
            'sink = "books"\nkinds = ["transfer"]\n',
            (
                "flows.spend: this flow cannot work: cards (cards) reads card_transaction, fee | "
                "books (books) creates card_transaction, deposit, fee, transfer, vendor | "
                "missing: transfer on the left. Both can do kinds = ['card_transaction', 'fee']."
            ),
        ),
        (
            'sink = "books"\n',
            'sink = "books"\nsteps = ["rule"]\n',
            "flows.spend.step.rule: no step is called 'rule'. Did you mean 'rules'?",
        ),
        (
            'sink = "books"\n',
            'sink = "books"\nstep.ruels.default = "x"\n',
            "flows.spend.step.ruels: is not one of the flow's steps. Did you mean 'rules'?",
        ),
        (
            'sink = "books"\n',
            'sink = "books"\nsteps = ["rules", "rules"]\n',
            "flows.spend.steps: the step 'rules' stands there twice",
        ),
        (
            'recipe = "spend"\n',
            "",
            "flows.spend: neither a recipe nor kinds are named. Add one of them.",
        ),
        (
            "[flows.spend]",
            "[flow.spend]",
            "flow: is not a table that is known. Did you mean 'flows'?",
        ),
        (
            "[flows.spend]",
            '[store]\nurl = "mysql://x"\n[flows.spend]',
            (
                "store.url: is not the address of a database that is known. "
                'Write "sqlite:///subledger.db" or "postgresql://user@host/database".'
            ),
        ),
        (
            "[flows.spend]",
            '[store]\nurl = "postgresql://me:hunter2@host/db"\n[flows.spend]',
            (
                "store.url: a password may not stand here in clear text. "
                'Remove it from the url and add password = { env = "NAME" }.'
            ),
        ),
        (
            "[flows.spend]",
            "[server]\nport = 99999\n[flows.spend]",
            "server.port: 99999 is not a port: 0 to 65535",
        ),
        (
            "[flows.spend]",
            '[plugins.mine]\npath = "no.py"\n[flows.spend]',
            "plugins.mine.path: there is no file ",
        ),
        (
            "[flows.spend]",
            "[plugins.rulez]\n[flows.spend]",
            "plugins.rulez: is not installed. Did you mean 'rules'?",
        ),
        (
            "[flows.spend]",
            '["flows"."a.b"]\n[flows.spend]',
            "flows: 'a.b' is not a name: letters, digits, hyphens and underscores",
        ),
    ],
)
def test_mistake(sound, write, old, new, expected):
    """Every mistake is told with path, cause and way out, and no secret is repeated."""
    assert old in GOOD
    found = problems(sound, write(GOOD.replace(old, new)))
    assert any(line.startswith(expected) for line in found), found
    assert "hunter2" not in "".join(found)


def test_typo_of_a_required_setting_is_one_problem(sound, write):
    """A misspelt setting is not also reported as missing."""
    assert len(problems(sound, write(GOOD.replace("token =", "tokn =")))) == 1


def test_everything_at_once(sound, write):
    """All mistakes of all tables are told in one go, sorted by path."""
    text = (
        GOOD.replace('{ env = "TOKEN" }', '{ env = "NOPE" }')
        .replace("company_file", "company")
        .replace('"Cards" }', '"Cards", more = 1 }')
        + "end = 2026-01-01\nlook_back = 5\n[log]\nlevel = 'loud'\n[stores]\n"
    )
    paths = [line.partition(":")[0] for line in problems(sound, write(text))]
    assert paths == [
        *("connections.books.company", "connections.cards.token"),
        *("flows.spend.look_back", "log.level", "stores"),
    ]


def test_broken_connection_brings_no_second_problem(sound, write):
    """A flow whose connection has a mistake is not blamed for it."""
    text = GOOD.replace('{ env = "TOKEN" }', '"clear"')
    assert len(problems(sound, write(text))) == 1


def test_wrong_role_and_direction(sound, write):
    """A recipe says which role it needs, and a flow cannot read from a sink."""
    more = '[connections.second]\nconnector = "books"\ncompany_file = "B"\n'
    found = problems(sound, write(GOOD.replace('source = "cards"', 'source = "second"') + more))
    assert (
        "flows.spend.source: second (books) is a sink only. Name a connection that is a source."
        in found
    )


def test_doubled_flows(sound, write):
    """Two flows that would post the same records to the same books twice are refused."""
    second = GOOD.partition("[flows.spend]")[2]
    found = problems(sound, write(GOOD + "[flows.again]" + second))
    assert found == [
        (
            "flows.again: moves card_transaction, fee from cards to books, as the flow 'spend' "
            "already does. Remove one of the two, or narrow its kinds."
        )
    ]
    load_settings(
        write(GOOD + 'kinds = ["fee"]\n[flows.b]' + second + 'kinds = ["card_transaction"]\n'),
        sound.catalogue,
        environment={"TOKEN": "t"},
    )


def test_not_toml_and_missing_file(sound, write, tmp_path):
    """A file that is no TOML is told with line and column, a missing one with what to do."""
    assert "at line 1, column" in problems(sound, write("a = x\nb = 1"))[0]
    assert "subledger init" in problems(sound, tmp_path / "nothing.toml")[0]


def test_failing_plugin_functions_are_told(sound, write):
    """A recipe or step that fails on its settings is named; nothing else is shown of it."""
    sound.add(
        "crash",
        "@frozen\nclass Config: pass\ndef make(c): return 1 / 0\n@hookimpl\n"
        "def register_steps(): return [StepType(name='crash', api=2, config=Config, make=make)]",
    )
    text = GOOD.replace('sink = "books"\n', 'sink = "books"\nsteps = ["crash"]\n')
    assert problems(sound, write(text)) == [
        (
            "flows.spend.step.crash: crash (from dist-crash 1.0) failed in a way it must not: "
            "make() raised ZeroDivisionError: division by zero. "
            "Upgrade dist-crash, or tell its makers; the others go on."
        )
    ]

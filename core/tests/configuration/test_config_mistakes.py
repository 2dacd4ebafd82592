"""Mistakes in the configuration: where, what, and what to do, all at once."""

import datetime as dt
import enum
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Literal

import pytest
from attrs import field, frozen

from subledger.config import load_settings
from subledger.config.problems import Invalid
from subledger.config.secrets import SecretReader
from subledger.config.structure import Structurer
from subledger.errors import ConfigError
from subledger.model.kinds import FEE, Kind
from subledger.secret import Secret

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


class Colour(enum.StrEnum):
    """For the test."""

    RED = "red"


class Size(enum.IntEnum):
    """For the test."""

    BIG = 9


@frozen(kw_only=True)
class Inner:
    """For the test."""

    key: Secret
    weight: int = field(default=1)

    @weight.validator
    def _positive(self, _attribute, value):
        if value < 1:
            raise ValueError(f"{value} is not positive")


@frozen(kw_only=True)
class Everything:
    """For the test: one field of each type."""

    text: str = ""
    whole: int = 0
    number: float = 0.0
    flag: bool = False
    exact: Decimal = Decimal(0)
    day: dt.date | None = None
    moment: dt.datetime | None = None
    length: dt.timedelta = dt.timedelta(0)
    colour: Colour = Colour.RED
    size: Size = Size.BIG
    word: Literal["a", "b"] = "a"
    either: int | Literal["auto"] = "auto"
    names: tuple[str, ...] = ()
    listed: list[int] = field(factory=list)
    some: frozenset[str] = frozenset()
    pair: tuple[str, int] = ("", 0)
    by_name: Mapping[str, Inner] = field(factory=dict)
    inner: Inner | None = None
    deep: tuple[Mapping[str, Secret], ...] = ()
    place: Path = Path()
    kind: Kind = FEE


@pytest.fixture
def structurer(tmp_path):
    return Structurer(SecretReader(folder=tmp_path, environment={"A": "alpha"}))


def test_all_types(structurer, tmp_path):
    """Every type that a plugin may ask for is read, secrets at any depth."""
    key = {"env": "A"}
    found = structurer.read(
        {
            "text": "x",
            "whole": 1,
            "number": 2,
            "flag": True,
            "exact": "0.10",
            "day": dt.date(2026, 1, 2),
            "length": "2w",
            "colour": "red",
            "size": 9,
            "moment": dt.datetime(2026, 1, 2, tzinfo=dt.UTC),
            "word": "b",
            "either": 4,
            "names": ["a"],
            "listed": [1],
            "some": ["s"],
            "pair": ["p", 1],
            "by_name": {"n": {"key": key}},
            "inner": {"key": key},
            "deep": [{"d": key}],
            "place": "sub/x",
            "kind": "bill",
        },
        Everything,
    )
    assert found.exact == Decimal("0.10")
    assert found.length == dt.timedelta(days=14)
    assert (found.colour, found.size, found.either) == (Colour.RED, Size.BIG, 4)
    assert type(found.colour) is Colour
    assert (found.names, found.listed, found.some) == (("a",), [1], frozenset({"s"}))
    assert found.pair == ("p", 1)
    assert found.by_name["n"].key.reveal() == "alpha"
    assert found.inner == Inner(key=Secret("alpha"))
    assert found.deep[0]["d"].reveal() == "alpha"
    assert found.place == tmp_path / "sub/x"
    assert found.kind == "bill"


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({"text": 5}, "text: is a whole number, not a text"),
        ({"whole": "5"}, "whole: is a text, not a whole number"),
        ({"whole": True}, "whole: is true or false, not a whole number"),
        ({"whole": 5.0}, "whole: is a number with a point, not a whole number"),
        ({"number": "1"}, "number: is a text, not a number"),
        ({"exact": 0.1}, 'exact: is not exact. Write the number in quotes, such as "0.25".'),
        ({"exact": "NaN"}, "exact: 'NaN' is not a number"),
        ({"exact": True}, 'exact: is not exact. Write the number in quotes, such as "0.25".'),
        ({"day": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}, "day: is a date with a time, not a date"),
        ({"length": "5 min"}, "length: '5 min' is not a length of time"),
        ({"length": 5}, "length: is not a length of time"),
        ({"colour": "rd"}, "colour: 'rd' is not possible. Did you mean 'red'?"),
        ({"size": True}, "size: True is not possible"),
        ({"word": "c"}, "word: 'c' is not possible. Possible here: a, b."),
        ({"either": "no"}, "either: is a text, not a whole number or 'no' is not possible"),
        ({"names": "abc"}, "names: is a text, not a list"),
        ({"names": ["a", 1]}, "names[1]: is a whole number, not a text"),
        ({"pair": ["a"]}, "pair: has 1 values, not 2"),
        ({"by_name": []}, "by_name: is a list, not a table"),
        ({"inner": 1}, "inner: is a whole number, not a table"),
        ({"inner": {}}, "inner.key: is missing"),
        ({"inner": {"key": {"env": "A"}, "weight": 0}}, "inner.weight: 0 is not positive"),
        ({"by_name": {"n": {"key": "x"}}}, "by_name.n.key: a secret may not stand here in clear"),
        ({"deep": [{"d": "x"}]}, "deep[0].d: a secret may not stand here in clear text"),
        ({"deep": [{"d": {"env": "two words"}}]}, "deep[0].d: env needs the name of a variable"),
        ({"deep": [{"d": {"file": "none"}}]}, "deep[0].d: "),
        ({"deep": [{"d": {"env": "A", "file": "b"}}]}, "deep[0].d: a secret is one reference"),
    ],
)
def test_strict(structurer, table, expected):
    """Nothing is converted silently; the path leads to the value."""
    with pytest.raises(Invalid) as caught:
        structurer.read(table, Everything)
    (problem,) = caught.value.problems
    assert str(problem).startswith(expected)

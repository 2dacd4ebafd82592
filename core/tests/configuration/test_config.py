"""What the configuration means once it holds."""

import datetime as dt

import pytest
from attrs import fields

from subledger.config import ClosedPeriod, load_companies, load_settings, schema
from subledger.config.fields import description
from subledger.errors import ConfigError
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
[flows.spend.settings]
account = "Cards"
"""
ENV = {"TOKEN": "canary-token"}


def load(site, path):
    return load_settings(path, site.catalogue, environment=ENV)


def test_defaults(sound, write):
    """A short file gives connections and a flow with the documented defaults."""
    path = write(GOOD)
    settings = load(sound, path)
    cards = settings.connections["cards"]
    assert cards.config.token == Secret("canary-token")
    assert (cards.type is not None, cards.sink) == (True, None)
    flow = settings.flows["spend"]
    assert flow.every == dt.timedelta(hours=1)
    assert (flow.cron, flow.start, flow.end, flow.manual) == ("", None, None, False)
    assert flow.look_back == dt.timedelta(days=60)
    assert flow.closed_period is ClosedPeriod.HOLD
    assert flow.kinds == flow.plan.kinds == {"card_transaction", "fee"}
    assert flow.plan.account == "Cards"
    ((name, step),) = flow.steps
    assert (name, step.step.config.default) == ("rules", "Uncategorised")
    assert settings.store.url == f"sqlite:///{path.parent}/subledger.db"
    assert settings.left_out == settings.refusals == ()


def test_everything(sound, write):
    """Every setting of a flow arrives where it belongs."""
    path = write(
        GOOD.replace(
            'sink = "books"\n',
            'sink = "books"\nevery = "manual"\nstart = 2026-01-01\nend = 2026-02-01\n'
            'look_back = "10d"\nclosed_period = "redate"\nreview = true\n'
            'require_complete_mapping = true\nkinds = ["fee"]\nsteps = ["rules"]\n'
            'step.rules.default = "Other"\n',
        )
        + '[server]\nport = 9000\n[log]\nlevel = "debug"\nformat = "json"\n'
        + '[debug]\nwire_log = "w"\n'
    )
    settings = load(sound, path)
    flow = settings.flows["spend"]
    assert flow.manual
    assert flow.start == dt.date(2026, 1, 1)
    assert flow.end == dt.date(2026, 2, 1)
    assert flow.look_back == dt.timedelta(days=10)
    assert flow.closed_period is ClosedPeriod.REDATE
    assert flow.review
    assert flow.require_complete_mapping
    assert flow.kinds == {"fee"}
    assert flow.steps[0][1].step.config.default == "Other"
    assert (settings.server.port, settings.log.level, settings.log.format) == (
        9000,
        "debug",
        "json",
    )
    assert settings.debug.wire_log == path.parent / "w"


@pytest.mark.parametrize(
    ("text", "every", "cron"),
    [
        ('every = "15m"', dt.timedelta(minutes=15), ""),
        ('every = "daily"', dt.timedelta(days=1), ""),
        ('every = "manual"', None, ""),
        ('cron = "0 6 * * 1-5"', None, "0 6 * * 1-5"),
    ],
)
def test_schedules(sound, write, text, every, cron):
    """A flow runs by interval, by cron expression or by hand."""
    flow = load(sound, write(GOOD.replace('sink = "books"', f'sink = "books"\n{text}'))).flows[
        "spend"
    ]
    assert (flow.every, flow.cron) == (every, cron)


def test_flow_without_recipe(sound, write):
    """Kinds spelled out make a flow without a recipe; its records go on as they are."""
    text = (
        GOOD.partition("[flows")[0] + '[flows.f]\nkinds = ["fee"]\nsource="cards"\nsink="books"\n'
    )
    flow = load(sound, write(text)).flows["f"]
    assert flow.plan.kinds == {"fee"}
    entity = object()
    assert flow.plan.draft(entity, None).entity is entity
    assert flow.steps == ()


def test_only_what_is_named_is_loaded(sound, write):
    """A plugin that the configuration does not name is never imported."""
    sound.add("bomb", "raise SystemExit('imported')")
    catalogues = []

    def opened(files):
        catalogues.append(sound.catalogue(files))
        return catalogues[-1]

    load_settings(write(GOOD), opened, environment=ENV)
    assert "bomb" in {item.name for item in catalogues[0].available}
    assert {plugin.origin.name for plugin in catalogues[0].plugins} == {
        *("cards", "books", "spend", "rules")
    }
    assert catalogues[0].refusals == ()


def test_refused_plugin_leaves_the_rest(sound, write):
    """A connection of a refused plugin is left out with its flows; the other flows stay."""
    sound.add("broken", "import no_such_module")
    more = """
    [connections.third]
    connector = "broken"
    anything = 1
    [flows.other]
    kinds = ["fee"]
    source = "third"
    sink = "books"
    """
    settings = load(sound, write(GOOD + more.replace("    ", "")))
    assert set(settings.flows) == {"spend"}
    assert set(settings.connections) == {"cards", "books"}
    left_out = [str(problem) for problem in settings.left_out]
    assert left_out[0].startswith("connections.third.connector: the plugin was refused")
    assert "no_such_module" in left_out[0]
    assert left_out[1].startswith("flows.other.source: the connection 'third' is left out")
    assert [refusal.plugin for refusal in settings.refusals] == ["broken"]


def test_refused_step_stops_its_flow(sound, write):
    """A flow never runs without one of its steps: it is left out."""
    sound.add("approvals", "def register_steps(): return []")
    text = GOOD.replace('sink = "books"', 'sink = "books"\nsteps = ["approvals"]')
    settings = load(sound, write(text))
    assert settings.flows == {}
    assert "it implements no hook" in str(settings.left_out[0])


def test_digest(sound, write):
    """The digest changes with all that decides what becomes of a record, and with nothing else."""
    rules = write("a", "rules.csv")
    filed = GOOD + '[flows.spend.step.rules]\nfile = "rules.csv"\n'
    base = load(sound, write(filed)).flows["spend"].digest
    assert load(sound, write(filed)).flows["spend"].digest == base
    schedule = filed.replace('sink = "books"', 'sink = "books"\nevery = "2h"\nreview = true')
    assert load(sound, write(schedule)).flows["spend"].digest == base
    for changed in (
        filed.replace('"Cards"', '"Other cards"'),
        filed + 'default = "X"\n',
        filed.replace('sink = "books"', 'sink = "books"\nkinds = ["fee"]'),
        filed.replace('sink = "books"', 'sink = "books"\nclosed_period = "skip"'),
        filed.replace('sink = "books"', 'sink = "books"\nrequire_complete_mapping = true'),
    ):
        assert load(sound, write(changed)).flows["spend"].digest != base
    rules.write_text("b")
    assert load(sound, write(filed)).flows["spend"].digest != base


def test_local_plugin(sound, write):
    """A single file of the integrator's own is a plugin like any other."""
    write(
        "from subledger.hooks import hookimpl\nfrom subledger.ports import *\n"
        "from attrs import frozen\n@frozen\nclass Config: pass\n"
        "class S:\n  def __init__(self, c): pass\n  def apply(self, e, b): return Keep(entity=e)\n"
        "@hookimpl\ndef register_steps():\n"
        "  return [StepType(name='site', api=2, config=Config, make=S)]\n",
        "site_rules.py",
    )
    text = GOOD.replace('sink = "books"', 'sink = "books"\nsteps = ["site", "rules"]')
    settings = load(sound, write(text + '[plugins.site]\npath = "site_rules.py"\n'))
    assert [name for name, _ in settings.flows["spend"].steps] == ["site", "rules"]


def test_secret_schemes(sound, write):
    """Secrets come from the environment, from a file, or from a plugin's own place."""
    sound.add(
        "vault",
        """
        @hookimpl
        def register_secret_resolvers():
            found = {"a/b": "from-vault"}
            return [SecretResolverType(scheme="vault", api=2, resolve=found.__getitem__)]
        """,
    )
    write("from-file\n", "token")
    for reference, value in (
        ('{ env = "TOKEN" }', "canary-token"),
        ('{ file = "token" }', "from-file"),
        ('{ vault = "a/b" }', "from-vault"),
    ):
        settings = load(sound, write(GOOD.replace('{ env = "TOKEN" }', reference)))
        assert settings.connections["cards"].config.token.reveal() == value
        assert value not in repr(settings)


def test_folder(sound, write):
    """In a folder each file is a company; names carry it, references inside stay short."""
    write('[server]\nport = 1234\n[store]\nurl = "sqlite:///x.db"\n')
    write(GOOD, "acme.toml")
    write(GOOD, "zeta.toml")
    folder = write("", "notes.txt").parent
    settings = load(sound, folder)
    assert set(settings.connections) == {"acme.cards", "acme.books", "zeta.cards", "zeta.books"}
    flow = settings.flows["acme.spend"]
    assert (flow.source, flow.sink, flow.company) == ("acme.cards", "acme.books", "acme")
    assert settings.server.port == 1234
    assert settings.store.url == f"sqlite:///{folder}/x.db"


def test_bad_company_does_not_stop_others(sound, write):
    """One company's mistake is told by file, and the other companies start."""
    write(GOOD, "acme.toml")
    write(GOOD.replace('"spend"', '"spent"'), "bad.toml")
    folder = write("[connections", "broken.toml").parent
    settings, bad = load_companies(folder, sound.catalogue, environment=ENV)
    assert set(settings.flows) == {"acme.spend"}
    assert set(bad) == {"bad.toml", "broken.toml"}
    assert str(bad["bad.toml"][0]).startswith("bad.toml: flows.spend.recipe: no recipe is called")
    assert "is not TOML" in str(bad["broken.toml"][0])
    with pytest.raises(ConfigError, match=r"bad\.toml: flows"):
        load(sound, folder)


def test_global_tables_stay_out_of_company_files(sound, write):
    """A company cannot move the database or the server of all companies."""
    write(GOOD + '[store]\nurl = "sqlite:///mine.db"\n', "acme.toml")
    folder = write("").parent
    _settings, bad = load_companies(folder, sound.catalogue, environment=ENV)
    assert "It belongs into subledger.toml" in str(bad["acme.toml"][0])


@pytest.mark.parametrize(
    "cls",
    [
        *(schema.StoreSettings, schema.ServerSettings, schema.LogSettings, schema.DebugSettings),
        *(schema.PluginTable, schema.FlowTable, schema.CompanyDocument, schema.GlobalDocument),
    ],
)
def test_every_setting_is_described(cls):
    """Every setting has a sentence about it."""
    assert [field.name for field in fields(cls) if not description(field).endswith(".")] == []

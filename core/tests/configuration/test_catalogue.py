"""Plugins are loaded one by one; a bad one is refused by name, and the others run."""

import sys

import pytest

from subledger.catalogue import Catalogue, Installed, open_catalogue
from subledger.manifest import API
from subledger.ports import SourceType, StepType

STEP = """
@frozen
class Config: pass
class Step:
    def apply(self, entity, books): return Keep(entity=entity)
def make(config): return Step()
def step(name, **more):
    return StepType(**{"name": name, "api": 2, "config": Config, "make": make, **more})
"""
SOURCE = """
@frozen
class Config: pass
def f(*a): ...
def manifest(**more):
    return Manifest(**{"name": "bad", "title": "B", "direction": Direction.SOURCE, "roles": (),
        "kinds": {FEE: R}, "frequency": Frequency(default=minutes(9), minimum=minutes(1)), **more})
def source(**more):
    return SourceType(**{"manifest": MINE, "config": Config, "open": f, "normalise": f, **more})
MINE = manifest()
SINK = manifest(direction=Direction.SINK)
def sink(**more):
    return SinkType(**{"manifest": SINK, "config": Config, "preview": f, "open": f, **more})
@hookimpl
def register_sources(): return SOURCES
@hookimpl
def register_sinks(): return SINKS
SOURCES = SINKS = ()
"""


def refusal(site, name="bad"):
    catalogue = site.catalogue()
    catalogue.load(["good", name])
    assert [plugin.origin.name for plugin in catalogue.plugins] == ["good"]
    (refused,) = catalogue.refusals
    assert refused.plugin == name
    assert refused.distribution == f"dist-{name} 1.0"
    return refused.reason


@pytest.fixture
def good(site):
    site.add("good", STEP + "@hookimpl\ndef register_steps(): return [step('good')]\n")
    return site


def test_discovery_imports_nothing(good):
    """Everything installed can be listed although importing it would fail."""
    good.add("bad", "raise SystemExit")
    assert [(item.name, item.origin) for item in good.installed()] == [
        ("bad", "dist-bad 1.0"),
        ("good", "dist-good 1.0"),
    ]


def test_broken_metadata_hides_nobody(good):
    """A distribution with broken metadata does not stop the discovery of others."""
    good.metadata("torn", "[subledger\nnonsense")
    good.metadata("torn-too", "[subledger]\nno equals sign")
    assert [item.name for item in good.installed()] == ["good"]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import no_such_module", "cannot be imported: ModuleNotFoundError: No module named"),
        ("this is no Python", "cannot be imported: SyntaxError"),
        ("raise SystemExit(0)", "cannot be imported: SystemExit: 0"),
        ("class E(BaseException): pass\nraise E", "cannot be imported: E"),
        (
            "class E(Exception):\n  def __str__(self): raise E\nraise E",
            "cannot be imported: E",
        ),
        ("raise ValueError('x\\n' * 9999)", "cannot be imported: ValueError: x x x"),
        ("def register_steps(): return []", "it implements no hook"),
        ("@hookimpl\ndef register_step(): return []", "unknown hook 'register_step'"),
        (
            "@hookimpl\ndef register_steps(kernel): return []",
            "breaks the hook specs: PluginValidationError",
        ),
        ("@hookimpl\ndef register_steps(): raise KeyError('k')", "register_steps failed: KeyError"),
        ("@hookimpl\ndef register_steps(): raise SystemExit", "register_steps failed: SystemExit"),
        (
            "@hookimpl\ndef register_steps():\n  yield 1 / 0",
            "register_steps failed: ZeroDivisionError",
        ),
        (
            "@hookimpl\ndef register_steps():\n  while True: yield 1",
            "register_steps failed: ValueError: returned more than 1000 values",
        ),
        (
            "@hookimpl\ndef register_steps(): return 5",
            "register_steps failed: TypeError: returned int, not an iterable",
        ),
        (
            "@hookimpl\ndef register_steps(): return ['x']",
            "register_steps returned a value of class str, not StepType",
        ),
        (
            STEP + "@hookimpl\ndef register_sources(): return [step('bad')]",
            "register_sources returned a value of class StepType, not SourceType",
        ),
        (
            STEP + "@hookimpl\ndef register_steps(): return [step('x'), step('x')]",
            "registers the step 'x' twice",
        ),
        (
            STEP + "@hookimpl\ndef register_steps(): return [step('x', api=99)]",
            f"interface 99; this subledger speaks {API - 1} and {API}: upgrade subledger",
        ),
        (
            STEP + "@hookimpl\ndef register_steps(): return [step('x', make=5)]",
            "make is int, not a function",
        ),
        (
            STEP + "@hookimpl\ndef register_steps(): return [step('x', config=dict)]",
            "config is not an attrs class",
        ),
        (
            STEP + "@hookimpl\ndef register_steps(): return [step('Not a name')]",
            "'Not a name' is not a name for a step",
        ),
        (
            STEP
            + "@frozen\nclass Odd:\n  a: 'Nowhere'\n"
            + "@hookimpl\ndef register_steps(): return [step('x', config=Odd)]",
            "the annotations of Odd do not resolve",
        ),
        (SOURCE + "SOURCES = [source(manifest='x')]", "manifest is str, not a Manifest"),
        (
            SOURCE + "SOURCES = [source(manifest=manifest(name='other'))]",
            "the manifest says 'other', the entry point says 'bad'",
        ),
        (
            SOURCE + "SOURCES = [source(manifest=manifest(api=0, name='other'))]",
            f"interface 0; this subledger speaks {API - 1} and {API}: upgrade the package",
        ),
        (
            SOURCE + "SOURCES = [source(manifest=manifest(direction=Direction.SINK))]",
            "registered as a source, but the manifest says sink",
        ),
        (
            SOURCE + "SOURCES = [source(manifest=manifest(roles={Role.CARD_PLATFORM}))]",
            "a card_platform must read card_transaction, which the manifest does not declare",
        ),
        (
            SOURCE + "SOURCES = [source(manifest=manifest(roles={Role.PSA, 'boss'}))]",
            "manifest.roles: 'boss' is not a Role",
        ),
        (
            SOURCE + "SOURCES = [source(manifest=manifest(kinds={'feee': R}))]",
            "'feee' is no known kind",
        ),
        (
            SOURCE + "SOURCES = [source(manifest=manifest(kinds={FEE: {'reed'}}))]",
            "'reed' is not an Operation",
        ),
        (SOURCE + "SOURCES = [source(manifest=manifest(kinds={}))]", "manifest.kinds is empty"),
        (SOURCE + "SOURCES = [source(normalise=None)]", "normalise is NoneType, not a function"),
        (SOURCE + "SOURCES = [source(open=None)]", "open is NoneType, not a function"),
        (
            SOURCE + "SOURCES = [source(manifest=manifest(initiative=Initiative.PEER))]",
            "the manifest's initiative is peer: give no open",
        ),
        (
            SOURCE + "SOURCES = [source(open=None, manifest=manifest(initiative=Initiative.PEER))]",
            "its source polls us, but no sink of it has a peer that answers",
        ),
        (SOURCE + "SINKS = [sink(open=None)]", "the manifest's initiative is kernel: give open"),
        (SOURCE + "SINKS = [sink(peer=f, mount='m')]", "initiative is kernel: give open alone"),
        (
            SOURCE
            + "SINKS = [sink(open=None, peer=f, manifest=manifest("
            + "direction=Direction.SINK, initiative=Initiative.PEER))]",
            "mount '' is not a path",
        ),
        (
            SOURCE
            + "@frozen\nclass Other: pass\n"
            + "SOURCES = [source()]\nSINKS = [sink(config=Other)]",
            "source and sink have different config classes",
        ),
        (
            (
                "@hookimpl\ndef register_simulators():"
                " return [SimulatorType(name='x', api=2, command='x')]"
            ),
            "command 'x' is not of the form package.module:function",
        ),
        (
            (
                "@hookimpl\ndef register_secret_resolvers():"
                " return [SecretResolverType(scheme='env', api=2, resolve=print)]"
            ),
            "the scheme 'env' belongs to subledger",
        ),
    ],
)
def test_hostile_plugin_is_refused(good, code, reason):
    """Whatever a plugin does wrong, it alone is refused, with its distribution and the reason."""
    good.add("bad", code)
    found = refusal(good)
    assert reason in found
    assert len(found) < 600
    assert "\n" not in found


@pytest.mark.parametrize(
    "more",
    [
        "SOURCES = [source()]",
        "SOURCES = [source(manifest=manifest(kinds={'acme.time_entry': R}))]",
        "SOURCES = [source()]\nSINKS = [sink()]",
        "SOURCES = None",
    ],
)
def test_sound_connectors_are_accepted(site, more):
    """The cases above fail for their one fault: the same plugin without it loads."""
    site.add("bad", SOURCE + more.replace("None", "[source()]"))
    catalogue = site.catalogue()
    assert catalogue.source("bad") is not None
    assert catalogue.refusals == ()


def test_interrupt_is_not_swallowed(site):
    """Ctrl-C during an import stops the program."""
    site.add("slow", "raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        site.catalogue().load(["slow"])


def test_one_name_from_two_distributions(good):
    """A name that two distributions give is refused for both, and both are named."""
    code = STEP + "@hookimpl\ndef register_steps(): return [step('twin')]\n"
    good.add("twin", code, distribution="first")
    good.add("twin", code, distribution="second")
    catalogue = good.catalogue()
    catalogue.load(["good", "twin"])
    assert catalogue.step("twin") is None
    assert [str(refused) for refused in catalogue.refusals] == [
        "twin (from first 1.0): the plugin 'twin' is also given by second 1.0",
        "twin (from second 1.0): the plugin 'twin' is also given by first 1.0",
    ]
    assert catalogue.step("good") is not None


def test_one_value_from_two_plugins(good):
    """Plugins that register the same name are refused, the third one too, whatever the order."""
    for name in ("a", "b", "c"):
        good.add(name, STEP + "@hookimpl\ndef register_steps(): return [step('same')]\n")
    catalogue = good.catalogue()
    catalogue.load(["a", "good"])
    assert catalogue.step("same") is not None
    catalogue.load(["b", "c"])
    assert catalogue.step("same") is None
    assert [refused.plugin for refused in catalogue.refusals] == ["a", "b", "c"]
    assert catalogue.step("good") is not None


def test_nobody_replaces_the_products_own(site):
    """A newcomer that takes a name of the product is refused alone."""
    code = STEP + "@hookimpl\ndef register_steps(): return [step('own')]\n"
    module = site.add("ours", code)
    site.add("thief", code)
    own = Installed(name="ours", distribution="subledger", target=module)
    catalogue = site.catalogue(built_in=[own])
    catalogue.load(["thief"])
    assert catalogue.step("own") is not None
    assert [refused.plugin for refused in catalogue.refusals] == ["thief"]


def test_a_wrapper_touches_only_its_own_plugin(good):
    """A plugin cannot see or change what another registers."""
    good.add(
        "wrap",
        STEP
        + "@hookimpl(wrapper=True)\ndef register_steps():\n  yield\n  return [[step('stolen')]]\n",
    )
    catalogue = good.catalogue()
    catalogue.load(["wrap", "good"])
    assert catalogue.step("good") is not None


def test_why_not(good):
    """A name that is not there is explained: refused, of another sort, misspelt or absent."""
    good.add("bad", "import no_such_module")
    catalogue = good.catalogue()
    catalogue.load(["bad", "good"])
    assert "no_such_module" in catalogue.why_not(StepType, "bad")[0]
    assert catalogue.why_not(SourceType, "good")[0] == "'good' (from dist-good 1.0) is no source"
    assert catalogue.why_not(StepType, "god")[1] == "Did you mean 'good'?"
    assert "subledger-xyz" in catalogue.why_not(StepType, "xyz")[1]


def test_loaded_once(good):
    """A plugin is imported once, and a refused one is not tried again."""
    good.add("bad", "import sys\nsys.tries = getattr(sys, 'tries', 0) + 1\nraise ValueError")
    catalogue = good.catalogue()
    for _ in range(3):
        catalogue.load(["bad"])
        assert catalogue.step("bad") is None
    assert sys.__dict__.pop("tries") == 1


def test_trace(good, capsys, monkeypatch):
    """SUBLEDGER_TRACE_PLUGINS=1 shows what is loaded and which hooks are called."""
    monkeypatch.setattr("subledger.catalogue.catalogue.installed", good.installed)
    open_catalogue(environment={}).load(["good"])
    assert capsys.readouterr().err == ""
    open_catalogue(environment={"SUBLEDGER_TRACE_PLUGINS": "1"}).load(["good"])
    shown = capsys.readouterr().err
    assert "load good from dist-good 1.0" in shown
    assert "register_steps" in shown


def test_local_file_that_fails_leaves_nothing_behind(site, tmp_path):
    """A local plugin that fails is refused by its path."""
    path = tmp_path / "rules.py"
    path.write_text("raise ValueError('no')")
    catalogue: Catalogue = site.catalogue({"rules": path})
    catalogue.load(["rules"])
    (refused,) = catalogue.refusals
    assert refused.distribution == str(path)
    assert "ValueError: no" in refused.reason

"""What the connector declares is true, and complete for its roles."""

import pytest

from subledger.errors import ConfigError
from subledger.findings import CATEGORIES
from subledger.manifest import Operation
from subledger.roles import unmet
from subledger.secret import Secret
from subledger_quickbooks_online import errors, manifest, plugin
from subledger_quickbooks_online.config import QuickBooksOnlineConfig
from subledger_quickbooks_online.wire.faults import Fault


def test_both_manifests_fulfil_the_role_of_a_general_ledger():
    """Nothing that a general ledger must do is missing."""
    assert unmet(manifest.SINK) == []
    assert unmet(manifest.SOURCE) == []


def test_the_plugin_registers_books_source_and_simulator():
    """One distribution brings the sink, the source and something to develop against."""
    [sink] = plugin.register_sinks()
    [source] = plugin.register_sources()
    [simulator] = plugin.register_simulators()
    assert {sink.manifest.name, source.manifest.name, simulator.name} == {"quickbooks-online"}
    assert sink.config is source.config is QuickBooksOnlineConfig
    assert sink.batch == 4 * 30
    module, _, function = simulator.command.partition(":")
    assert callable(getattr(__import__(module, fromlist=[function]), function))


def test_every_posted_kind_can_be_undone():
    """What is created can be taken back."""
    for kind, operations in manifest.SINK.kinds.items():
        if Operation.CREATE in operations:
            assert operations & {Operation.VOID, Operation.DELETE}, kind


@pytest.mark.parametrize("code", sorted(errors.TABLE))
def test_every_code_has_a_category_and_a_way_out(code):
    """Each code of the table makes a finding with a hint in plain words."""
    finding = errors.finding_of(Fault(code=code, message="said"))
    assert finding.category in CATEGORIES
    assert finding.way_out
    assert finding.message.startswith(errors.TABLE[code].message)


@pytest.mark.parametrize(
    ("code", "fate"),
    [
        ("99", errors.Fate.STOP),
        ("2999", errors.Fate.REFUSED),
        ("10999", errors.Fate.UNKNOWN),
        ("", errors.Fate.REFUSED),
        ("odd", errors.Fate.REFUSED),
    ],
)
def test_unknown_codes_are_judged_by_their_range(code, fate):
    """A code that is new to us does not fall through."""
    assert errors.row_of(code).fate is fate


def test_the_worst_of_several_faults_decides():
    """An expired token beside a validation error is an expired token."""
    faults = [Fault(code="2020"), Fault(code="3200"), Fault(code="6140")]
    assert errors.worst(faults).code == "3200"


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"realm": "abc"}, "realm"),
        ({"requests_per_second": 11}, "requests_per_second"),
        ({"minor_version": 65}, "minor_version"),
        ({"base_url": "http://example.org"}, "base_url"),
        ({"oauth_url": "http://example.org"}, "oauth_url"),
    ],
)
def test_settings_that_cannot_work_are_refused_with_the_reason(values, path):
    """Each wrong setting is named, with what to write instead."""
    with pytest.raises(ConfigError) as caught:
        QuickBooksOnlineConfig(client_id="c", client_secret=Secret("s"), **values)
    [problem] = caught.value.problems
    assert problem.path == path
    assert problem.hint


def test_addresses_follow_the_environment():
    """Sandbox and production have hosts of their own, and one OAuth server."""
    production = QuickBooksOnlineConfig(client_id="c", client_secret=Secret("s"))
    sandbox = QuickBooksOnlineConfig(
        client_id="c", client_secret=Secret("s"), environment="sandbox"
    )
    assert production.host == "https://quickbooks.api.intuit.com"
    assert sandbox.host == "https://sandbox-quickbooks.api.intuit.com"
    assert production.endpoints == sandbox.endpoints

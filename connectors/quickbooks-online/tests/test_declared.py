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
    assert (sink.batch, sink.at_once) == (30, 4)
    module, _, function = simulator.command.partition(":")
    assert callable(getattr(__import__(module, fromlist=[function]), function))


def test_every_posted_kind_can_be_undone():
    """What is created can be taken back."""
    for kind, operations in manifest.SINK.kinds.items():
        if Operation.CREATE in operations:
            assert operations & {Operation.VOID, Operation.DELETE}, kind


FATES = {
    errors.Fate.RENEW: "3200",
    errors.Fate.STOP: "3100 100 110 120 140 5020 6190 10200",
    errors.Fate.THROTTLED: "3001",
    errors.Fate.LATER: "130 150",
    errors.Fate.UNKNOWN: "600 10000",
    errors.Fate.GONE: "610",
    errors.Fate.STALE: "5010",
    errors.Fate.TAKEN_NUMBER: "6140",
    errors.Fate.TAKEN_NAME: "6240",
    errors.Fate.REFUSED: (
        "500 620 630 800 1040 2010 2020 2030 2040 2050 2060 2070 2080 2090 2100 2110 2120 2130 "
        "2140 2170 2200 2210 2220 2250 2260 2270 2280 2290 2300 2500 2600 4000 4001 4002 5030 "
        "6000 6010 6030 6040 6041 6050 6060 6070 6080 6100 6170 6180 6200 6210 6220 6250 6270 "
        "6310 6420 6430 6440 6450 6480 6540 10100"
    ),
}
"""What each code calls for (Accounting API: error codes), written down beside the table."""
CATEGORIES_OF = {
    "auth_expired": "3200 3100 100 110 120 140 6190 10200",
    "permission": "5020",
    "rate_limited": "3001",
    "mapping_missing": "2500 2600 6040 6041 6050 6060 6100 6170 6250 6310 6440",
    "mapping_stale": "610",
    "account_type": "6010 6430",
    "feature_off": "500 5030",
    "currency": "2220",
    "closed_period": "6200 6210",
    "duplicate_document": "630 6140",
    "name_conflict": "6240",
    "changed_in_books": "5010",
    "reconciled": "6480 6540",
}
"""What a person reads it as, where it is more than a document that is not valid."""


def test_every_code_that_intuit_describes_has_its_fate():
    """Stop, wait, look, read again, renew or refuse: no code is judged by its range only."""
    assert {code: row.fate for code, row in errors.TABLE.items()} == {
        code: fate for fate, codes in FATES.items() for code in codes.split()
    }


def test_codes_are_told_apart_for_people():
    """A mapping to mend, a closed period and a stranger's edit are findings of their own."""
    told = {code: category for category, codes in CATEGORIES_OF.items() for code in codes.split()}
    assert {code: errors.TABLE[code].category for code in told} == told
    rest = {row.category for code, row in errors.TABLE.items() if code not in told}
    assert rest == {"validation", "unavailable", "unknown_outcome"}


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

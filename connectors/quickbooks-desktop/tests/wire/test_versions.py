"""Both sides speak the highest version they share."""

import pytest

from subledger_quickbooks_desktop.wire.versions import Version, negotiate, parse_version


@pytest.mark.parametrize(
    ("supported", "major", "minor", "expected"),
    [
        (["1.0", "13.0", "16.0"], "16", "0", "13.0"),
        (["1.0", "2.1", "10.0"], "13", "0", "10.0"),
        (["13.0"], "8", "0", "8.0"),
        (["13.0"], 6, 1, "6.1"),
        ([], "", "", "13.0"),
        (["rubbish"], "x", "0", "13.0"),
        (["CA2.0", "CA3.0"], "3", "0", "CA3.0"),
        (["UK3.0", "8.0"], "13", "0", "8.0"),
        (["9.0"], "13", "", "9.0"),
    ],
)
def test_the_lowest_bound_wins(
    supported: list[str], major: str | int, minor: str | int, expected: str
) -> None:
    """Ours, the company's list and the request processor's version bound each other."""
    assert str(negotiate(supported, major, minor)) == expected


def test_versions_are_compared_as_numbers() -> None:
    """Ten is more than nine."""
    assert Version(9, 0) < Version(10, 0) < Version(10, 1)
    assert max([Version(9), Version(13), Version(4, 1)]) == Version(13)
    assert parse_version("thirteen") is None
    assert parse_version("CA3.0") == Version(3, 0)

"""Tables of the configuration become values: every type, and each mistake in one."""

import datetime as dt
import enum
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Literal

import pytest
from attrs import field, frozen

from subledger.config.problems import Invalid
from subledger.config.secrets import SecretReader
from subledger.config.structure import Structurer
from subledger.model.kinds import FEE, Kind
from subledger.secret import Secret


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

"""Every error says what happened, where, and what to do."""

import pytest

from subledger import errors
from subledger.errors import (
    AuthenticationError,
    ConfigError,
    ConnectorError,
    ContractBroken,
    Fenced,
    PluginRefused,
    Problem,
    RecordRejected,
    SubledgerError,
    TemporaryError,
)


def test_family():
    """Everything raised on purpose has one root, and a connector's errors have one of their own."""
    made = [
        value
        for value in vars(errors).values()
        if isinstance(value, type)
        and issubclass(value, Exception)
        and not issubclass(value, Warning)
    ]
    assert all(issubclass(value, SubledgerError) for value in made)
    mine = {value for value in made if issubclass(value, ConnectorError)}
    assert mine == {ConnectorError, AuthenticationError, TemporaryError, RecordRejected}
    assert not issubclass(Fenced, ConnectorError)
    assert not issubclass(ContractBroken, ConnectorError)


def test_texts():
    """An error carries its message, hint, detail and the vendor's code apart."""
    error = AuthenticationError("The key is wrong.", hint="Make a new one.", detail="d", code="401")
    assert (error.message, error.hint, error.detail, error.code) == (
        *("The key is wrong.", "Make a new one."),
        *("d", "401"),
    )
    assert str(error) == "The key is wrong. Make a new one."
    assert str(SubledgerError("Only this.")) == "Only this."


def test_temporary():
    """A temporary error tells when the outside system wants to be asked again."""
    assert TemporaryError("slow down", retry_after=2.5).retry_after == 2.5
    assert TemporaryError("down").retry_after is None


def test_rejected_record():
    """A rejected record names the category and the field at fault."""
    error = RecordRejected("too long", category="validation", field="memo", code="3070")
    assert (error.category, error.field, error.code) == ("validation", "memo", "3070")


def test_all_problems_at_once():
    """A configuration error lists every problem, in the order of their places."""
    problems = [
        Problem(path="b", message="is missing", hint="Add it"),
        Problem(path="a", message="is wrong"),
    ]
    error = ConfigError(problems)
    assert [problem.path for problem in error.problems] == ["a", "b"]
    assert str(error) == "a: is wrong\nb: is missing. Add it"


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Problem(path="", message="stopped"), "stopped"),
        (Problem(path="x", message="bad"), "x: bad"),
        (Problem(path="", message="bad", hint="Do this"), "bad. Do this"),
    ],
)
def test_problem_on_one_line(problem, text):
    """A problem is one line of place, cause and way out, without gaps where one is missing."""
    assert str(problem) == text


def test_refused_plugin():
    """A refused plugin is named with its distribution and the reason."""
    error = PluginRefused("cards", "acme-cards", "it speaks version 9")
    assert str(error) == "cards (from acme-cards): it speaks version 9"

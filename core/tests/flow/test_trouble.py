"""What a person is told of a connection that failed: its sort, and no secret."""

import pytest

from subledger.errors import AuthenticationError, ConnectorError, TemporaryError
from subledger.flow.trouble import trouble
from subledger.observe import redact
from subledger.vault import Unsealable


@pytest.fixture
def secret():
    """A secret that is known to the logs."""
    redact.register("s3cr3t-t0ken")
    yield "s3cr3t-t0ken"
    redact.forget_all()


@pytest.mark.parametrize(
    ("error", "category"),
    [
        (AuthenticationError("m"), "auth_expired"),
        (Unsealable("m"), "auth_expired"),
        (TemporaryError("m"), "unavailable"),
        (TemporaryError("m", retry_after=3), "rate_limited"),
        (ConnectorError("m"), "unavailable"),
        (KeyError("m"), "internal"),
    ],
)
def test_category(error, category):
    """Each sort of trouble has its category."""
    assert trouble("books", "qbo", error).category == category


def test_the_way_to_connect_names_the_connection():
    """A hint to connect can be typed as it stands; any other hint stays as it is."""
    error = AuthenticationError("m", hint="Run `subledger connect`; nothing is lost.")
    assert trouble("shop", "qbo", error).hint == "Run `subledger connect shop`; nothing is lost."
    other = AuthenticationError("m", hint="Run `subledger connect books`, or `subledger check`.")
    assert trouble("shop", "qbo", other).hint == other.hint


@pytest.mark.parametrize("sort", [KeyError, lambda text: ConnectorError(text, detail=text)])
def test_no_secret_in_the_database(secret, sort):
    """What a connector says of its failure is stored; a secret in it is not."""
    found = trouble("books", "qbo", sort(f"GET https://x/?a={secret} Bearer abcdefghijkl"))
    assert secret not in repr(found)
    assert "abcdefghijkl" not in repr(found)
    assert "GET https://x/" in found.detail

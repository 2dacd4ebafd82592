"""A connection that failed as a whole, as a person should see it."""

from subledger.errors import AuthenticationError, ConnectorError, TemporaryError
from subledger.findings import Finding
from subledger.observe import redact


def trouble(connection: str, connector: str, error: Exception) -> Finding:
    """What a person should see where the whole connection failed; stored, so without secrets."""
    if not isinstance(error, ConnectorError):
        return Finding(
            category="internal",
            subject=f"connection {connection}",
            message=f"the connector {connector} failed in a way it must not",
            detail=redact.text(f"{type(error).__name__}: {error}"),
        )
    category = "unavailable"
    if isinstance(error, AuthenticationError):
        category = "auth_expired"
    elif isinstance(error, TemporaryError) and error.retry_after is not None:
        category = "rate_limited"
    return Finding(
        category=category,
        subject=f"connection {connection}",
        message=redact.text(error.message),
        hint=error.hint,
        detail=redact.text(error.detail),
    )

"""A connection that failed as a whole, as a person should see it."""

from subledger.errors import AuthenticationError, ConnectorError, ContractBroken, TemporaryError
from subledger.findings import Finding
from subledger.guarding import reason_of
from subledger.observe import redact


def mishap(subject: str, message: str, error: Exception, category: str = "internal") -> Finding:
    """What a person should see of a plugin that failed on one record; stored, without secrets."""
    if isinstance(error, ContractBroken):
        message, hint, detail = error.message, error.hint, error.detail
        category = "plugin_failed" if category == "internal" else category
    else:
        hint, detail = "", reason_of(error)
    return Finding(
        category=category,
        subject=subject,
        message=redact.text(message),
        hint=redact.text(hint),
        detail=redact.text(detail),
    )


def named(hint: str, connection: str) -> str:
    """A connector's hint, whose `subledger connect` is followed by the name of the connection."""
    return hint.replace("`subledger connect`", f"`subledger connect {connection}`")


def trouble(connection: str, connector: str, error: Exception) -> Finding:
    """What a person should see where the whole connection failed; stored, so without secrets."""
    if isinstance(error, ContractBroken):
        return Finding(
            category="plugin_failed",
            subject=f"connection {connection}",
            message=redact.text(error.message),
            hint=redact.text(error.hint),
        )
    if not isinstance(error, ConnectorError):
        return Finding(
            category="internal",
            subject=f"connection {connection}",
            message=f"the connector {connector} failed in a way it must not",
            detail=redact.text(reason_of(error)),
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
        hint=redact.text(named(error.hint, connection)),
        detail=redact.text(error.detail),
    )

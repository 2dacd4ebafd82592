"""What can go wrong, named by its consequence; every error says what, where and what to do."""

from collections.abc import Iterable

from attrs import frozen


@frozen(kw_only=True)
class Problem:
    """One thing to put right: ``path`` is where, ``message`` is what, ``hint`` is what to do."""

    path: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        """``path: message. hint`` on one line."""
        text = f"{self.path}: {self.message}" if self.path else self.message
        return f"{text}. {self.hint}" if self.hint else text


class SubledgerError(Exception):
    """Root of all errors that subledger raises on purpose.

    ``message`` is for the owner of the books, ``hint`` says what to do, ``detail`` is for the log
    and ``code`` is the vendor's own code, verbatim.
    """

    def __init__(self, message: str, *, hint: str = "", detail: str = "", code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.detail = detail
        self.code = code

    def __str__(self) -> str:
        """The message, followed by the hint where there is one."""
        return f"{self.message} {self.hint}".strip()


class ConfigError(SubledgerError):
    """The configuration cannot be used; nothing starts. Holds every problem at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.path))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class PluginRefused(SubledgerError):  # noqa: N818 - the name is the fate: the plugin is refused
    """One plugin is left out, the others run. Names the distribution and the reason."""

    def __init__(self, plugin: str, distribution: str, reason: str) -> None:
        self.plugin = plugin
        self.distribution = distribution
        self.reason = reason
        super().__init__(f"{plugin} (from {distribution}): {reason}")


class ConnectorError(SubledgerError):
    """Root of what a connector may raise; anything else it raises breaks its contract."""


class AuthenticationError(ConnectorError):
    """The outside system does not know us; the connection is down until a person acts.

    Where the hint says `subledger connect`, in backticks, a person sees the connection's name too.
    """


class TemporaryError(ConnectorError):
    """It may work later; ``retry_after`` (seconds) is what the outside system asked for."""

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        hint: str = "",
        detail: str = "",
        code: str = "",
    ) -> None:
        super().__init__(message, hint=hint, detail=detail, code=code)
        self.retry_after = retry_after


class RecordRejected(ConnectorError):  # noqa: N818 - the name is the fate of the record
    """This document cannot be posted as it is; it is parked and the flow goes on.

    ``category`` is one of :data:`subledger.findings.CATEGORIES`; ``field`` names the culprit.
    """

    def __init__(
        self,
        message: str,
        *,
        category: str,
        field: str = "",
        hint: str = "",
        detail: str = "",
        code: str = "",
    ) -> None:
        super().__init__(message, hint=hint, detail=detail, code=code)
        self.category = category
        self.field = field


class ContractBroken(SubledgerError):  # noqa: N818 - the name is the verdict on the plugin
    """A plugin did what it must not; the run of its connection ends and the report names it."""


class PluginCrashed(ContractBroken):
    """A plugin raised what it may not: a record waits where it is about one, else the run ends."""


class SubledgerRemovedInApi3Warning(DeprecationWarning):
    """A plugin uses what this kernel still adapts, and the next plugin interface will not have."""


class Fenced(SubledgerError):  # noqa: N818 - "fenced" is the term of art
    """Somebody newer holds the lease; whatever this worker wanted to write is not written."""

"""What a client shows to PEX: a fixed token, or one that is renewed."""

from typing import Protocol

from attrs import frozen

from subledger.secret import Secret
from subledger_pex.wire.requests import Style, authorization


class Credentials(Protocol):
    """The Authorization header of the moment."""

    async def header(self) -> str:
        """The header's value. Raises AuthenticationError where none can be had."""
        ...

    async def renew(self, refused: str) -> bool:
        """Whether there is another header than the ``refused`` one, so that a retry is worth it."""
        ...


@frozen
class FixedToken:
    """An API token or access token that only a person can replace."""

    token: Secret
    style: Style

    async def header(self) -> str:
        """The same header every time."""
        return authorization(self.style, self.token.reveal())

    async def renew(self, refused: str) -> bool:
        """Never: there is no other token."""
        del refused
        return False

"""Sealing: AES-256-GCM under a ring of keys, each text bound to the connection it belongs to."""

import hashlib
import os
from collections.abc import Callable, Sequence
from typing import Final

from attrs import define, field

from subledger.errors import AuthenticationError

_FORM: Final = b"\x01"
_ID: Final = 4
_NONCE: Final = 12
KEY_BYTES: Final = 32


class Unsealable(AuthenticationError):  # noqa: N818 - the name says what the text is
    """A sealed text that none of the keys opens, or that belongs to another connection.

    The connection is down until a person sets the key or connects it again.
    """


def _identify(key: bytes) -> bytes:
    return hashlib.sha256(b"subledger key" + key).digest()[:_ID]


@define
class Keyring:
    """Keys of 32 bytes: the first seals, all of them open. ``entropy`` gives random bytes."""

    keys: Sequence[bytes] = field(repr=False)
    entropy: Callable[[int], bytes] = os.urandom

    def __attrs_post_init__(self) -> None:
        if not self.keys or any(len(key) != KEY_BYTES for key in self.keys):
            raise ValueError(f"a key has {KEY_BYTES} bytes")

    def seal(self, plain: bytes, owner: str) -> bytes:
        """The text, encrypted and bound to its owner: form, key number, nonce, ciphertext."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - heavy

        key, nonce = self.keys[0], self.entropy(_NONCE)
        head = _FORM + _identify(key)
        return head + nonce + AESGCM(key).encrypt(nonce, plain, head + owner.encode())

    def has_sealed(self, sealed: bytes) -> bool:
        """Whether a text is sealed as :meth:`seal` would do it, with the first key."""
        return sealed.startswith(_FORM + _identify(self.keys[0]))

    def opens(self, sealed: bytes, owner: str) -> bool:
        """Whether one of the keys opens a text of this owner."""
        try:
            self.open(sealed, owner)
        except Unsealable:
            return False
        return True

    def open(self, sealed: bytes, owner: str) -> bytes:
        """The text that was sealed for this owner. Raises :class:`Unsealable`."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - heavy
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - heavy

        head, rest = sealed[: 1 + _ID], sealed[1 + _ID :]
        for key in self.keys:
            if head == _FORM + _identify(key):
                try:
                    return AESGCM(key).decrypt(rest[:_NONCE], rest[_NONCE:], head + owner.encode())
                except InvalidTag:
                    break
        raise Unsealable(
            f"What {owner} was authorised with cannot be decrypted.",
            hint="Set the key that it was encrypted with under [vault], or connect it again.",
        )

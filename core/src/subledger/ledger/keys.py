"""Idempotency keys: the same intended write has the same key, in every attempt and process."""

import base64
import hashlib

from subledger.manifest import Operation
from subledger.model.kinds import Kind

KEY_LENGTH = 26
_ATTEMPT = "0123456789abcdefghijklmnopqrstuvwxyz"


def idempotency_key(
    connection: str, source: str, kind: Kind, record: str, *, operation: Operation, turn: str = ""
) -> str:
    """26 lower-case characters from what identifies one intended write.

    ``turn`` tells repeated operations on one record apart: the fingerprint of an update.
    """
    text = f"{connection}\x1f{source}\x1f{kind}\x1f{record}\x1f{operation.value}\x1f{turn}"
    digest = hashlib.sha256(text.encode()).digest()
    return base64.b32encode(digest).decode().lower()[:KEY_LENGTH]


def attempt_key(key: str, generation: int) -> str:
    """22 characters: the key of one attempt; a new generation after one that did not happen."""
    high, low = divmod(generation % 1296, 36)
    return f"{key[:20]}{_ATTEMPT[high]}{_ATTEMPT[low]}"

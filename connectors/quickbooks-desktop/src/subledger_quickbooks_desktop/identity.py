"""What a connection shows to the Web Connector: user name, password hash and FileID.

Passwords are made by a machine (32 random bytes), so a keyed hash is enough and cheap; a slow hash
on a public endpoint would be a way to stop the server.
"""

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Mapping

from subledger.ports import Desk
from subledger_quickbooks_desktop.config import QuickBooksDesktopConfig

NOTE = "identity"


def password_hash(password: str, salt: str) -> str:
    """HMAC-SHA-256 of a password under a salt, in hex."""
    return hmac.new(bytes.fromhex(salt), password.encode(), hashlib.sha256).hexdigest()


def matches(password: str, stored: Mapping[str, str], config: QuickBooksDesktopConfig) -> bool:
    """Whether a password is right; in constant time, also where none is set."""
    if config.password is not None:
        expected = config.password.reveal()
        return hmac.compare_digest(password.encode(), expected.encode())
    salt = stored.get("salt", "00")
    return hmac.compare_digest(password_hash(password, salt), stored.get("password", ""))


def ensure_file_id(desk: Desk, config: QuickBooksDesktopConfig) -> str:
    """The FileID of the connection: configured, or made once and remembered."""
    if config.file_id:
        return config.file_id
    known = dict(desk.recall(NOTE))
    if "file_id" not in known:
        known["file_id"] = f"{{{uuid.UUID(bytes=secrets.token_bytes(16), version=4)}}}"
        desk.remember(NOTE, known)
    return str(known["file_id"])


def new_password(desk: Desk) -> str:
    """Makes a password, stores its hash, and returns it once."""
    password, salt = secrets.token_urlsafe(32), secrets.token_hex(16)
    known = dict(desk.recall(NOTE))
    desk.remember(NOTE, {**known, "salt": salt, "password": password_hash(password, salt)})
    return password

"""What persons authorised, encrypted at rest: keys, sealing, and the store of grants."""

from subledger.vault.keys import KeySource
from subledger.vault.resealing import take_keys
from subledger.vault.sealing import Keyring, Unsealable
from subledger.vault.store import SqlVault

__all__ = ["KeySource", "Keyring", "SqlVault", "Unsealable", "take_keys"]

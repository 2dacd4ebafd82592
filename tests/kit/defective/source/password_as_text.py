"""A password that is a text."""

import sound
from attrs import evolve, field, frozen

from subledger.config.fields import describe


@frozen(kw_only=True)
class Config(sound.Config):
    """With a password."""

    proxy_password: str = field(default="", metadata=describe("The password of the proxy."))


TYPE = evolve(sound.SOURCE, config=Config)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_secrets_are_typed_as_secrets"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE

"""A setting that nobody explains."""

import sound
from attrs import evolve, frozen


@frozen(kw_only=True)
class Config(sound.Config):
    """With a riddle."""

    mode: int = 1


TYPE = evolve(sound.SOURCE, config=Config)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_every_setting_is_described"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE

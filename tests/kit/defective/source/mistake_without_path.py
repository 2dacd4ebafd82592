"""A mistake in the settings that is told without the setting."""

import sound
from attrs import evolve, frozen


@frozen(kw_only=True)
class Config(sound.Config):
    """Which raises what comes."""

    def __attrs_post_init__(self) -> None:
        if not self.url.startswith("https://"):
            raise ValueError("not good")


TYPE = evolve(sound.SOURCE, config=Config)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_wrong_settings_are_told_with_their_path"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE

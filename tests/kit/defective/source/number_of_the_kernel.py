"""A manifest with the kernel's own number of the plugin interface."""

import sound
from attrs import evolve, frozen

from subledger import manifest

NUMBER = manifest.API


@frozen(kw_only=True)
class Config(sound.Config):
    """As ever."""


TYPE = evolve(sound.SOURCE, manifest=evolve(sound.MANIFEST, api=NUMBER), config=Config)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_its_interface_number_is_written_out"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE

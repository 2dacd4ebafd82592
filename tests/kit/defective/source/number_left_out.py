"""A manifest that leaves the number of the plugin interface to the kernel."""

import sound
from attrs import evolve, frozen

from subledger.manifest import Manifest


@frozen(kw_only=True)
class Config(sound.Config):
    """As ever."""


MANIFEST = Manifest(
    name=sound.MANIFEST.name,
    title=sound.MANIFEST.title,
    direction=sound.MANIFEST.direction,
    roles=sound.MANIFEST.roles,
    kinds=sound.MANIFEST.kinds,
    frequency=sound.MANIFEST.frequency,
    capabilities=sound.MANIFEST.capabilities,
    limits=sound.MANIFEST.limits,
)
TYPE = evolve(sound.SOURCE, manifest=MANIFEST, config=Config)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_its_interface_number_is_written_out"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE

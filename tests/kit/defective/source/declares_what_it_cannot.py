"""A source that declares that it creates."""

import sound
from attrs import evolve

from subledger.manifest import Operation

BOTH = {Operation.READ, Operation.CREATE}
KINDS = {**sound.MANIFEST.kinds, sound.kinds.VENDOR: BOTH}
TYPE = evolve(sound.SOURCE, manifest=evolve(sound.MANIFEST, kinds=KINDS))
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_the_manifest_says_what_it_is"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE

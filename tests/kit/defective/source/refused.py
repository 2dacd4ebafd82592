"""A plugin that marks none of its functions as a hook."""

import sound

TYPE = sound.SOURCE
REQUIRES = sound.REQUIRES
BREAKS = "test_the_catalogue_accepts_it"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE

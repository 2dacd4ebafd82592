"""A distribution that allows one version of a library only."""

import sound

TYPE = sound.SOURCE
register_sources = sound.plugin(TYPE)
REQUIRES = ("subledger>=0.1", "attrs==24.2.0")
BREAKS = "test_no_version_is_pinned"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE

"""A call of what is about to be removed."""

import warnings

import sound
from attrs import frozen


@frozen(kw_only=True)
class Config(sound.Config):
    """As ever."""


class Source(sound.Source):
    """Out of fashion."""

    def parsed(self, response):
        """In its own way."""
        warnings.warn("use another one", DeprecationWarning, stacklevel=1)
        return super().parsed(response)


TYPE = sound.of(Source, config=Config)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_nothing_deprecated_is_used"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE

"""A log line with the token."""

import sound


class Source(sound.Source):
    """Talks."""

    async def get(self, path, **params):
        """In its own way."""
        self.context.log.debug("acme.request", path=path, token=self.config.token.reveal())
        return await super().get(path, **params)


TYPE = sound.of(Source)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_no_secret_is_shown"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE

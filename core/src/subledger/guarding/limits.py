"""How long a plugin may take, and how much it may hand over."""

from attrs import frozen


@frozen(kw_only=True)
class Limits:
    """Seconds and numbers; far more than any sound plugin needs.

    ``load`` seconds for the import and the hooks of a plugin together, and for each part of it that
    is made from the configuration. ``held`` seconds for code that holds up everything else, after
    which the plugin is left alone for ``rest`` seconds. ``awaited`` seconds for each answer of a
    connector that is called, ``served`` for each request that a peer answers, and ``grace`` for
    one that was stopped to tidy up. ``page`` records a page, of which ``portion`` are stored at
    once; ``pages`` a run, of which ``idle`` in a row may bring nothing; ``file`` bytes a receipt.
    """

    load: float = 30.0
    held: float = 10.0
    rest: float = 600.0
    awaited: float = 900.0
    served: float = 3600.0
    grace: float = 10.0
    page: int = 100_000
    portion: int = 500
    pages: int = 1_000_000
    idle: int = 10_000
    file: int = 100 * 1024 * 1024

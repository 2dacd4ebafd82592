"""Brings a database to the newest schema: expand and contract only, never by hand."""

from pathlib import Path

import sqlalchemy as sa

from subledger.errors import SubledgerError

HEAD = "0005"
"""The newest revision; the folder ``migrations/versions`` ends with it."""


def current(engine: sa.Engine) -> str | None:
    """The revision of a database; None for an empty one."""
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(engine: sa.Engine) -> None:
    """Upgrades to :data:`HEAD`; does nothing, and imports nothing, where it is there already.

    Raises :class:`SubledgerError` for a database that a newer version has upgraded already.
    """
    found = current(engine)
    if found == HEAD:
        return
    if found is not None and found > HEAD:
        raise SubledgerError(
            f"The database was upgraded by a newer version of subledger (to {found}).",
            hint=f"Use that version; this one knows revisions up to {HEAD}.",
        )
    from alembic import command  # noqa: PLC0415 - only needed when there is something to do
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.connect() as connection:
        config.attributes["driver"] = connection.connection.driver_connection
        command.upgrade(config, "head")

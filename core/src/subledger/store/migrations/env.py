"""Runs migrations, all in one transaction, on the database connection that the kernel opened."""

import sqlalchemy as sa
from alembic import context

from subledger.store.schema import METADATA

driver = context.config.attributes["driver"]
engine = sa.create_engine("sqlite://", creator=lambda: driver, poolclass=sa.pool.StaticPool)


@sa.event.listens_for(engine, "begin")
def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_as_batch=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()

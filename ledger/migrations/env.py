"""Alembic's entry: the caller hands over its own connection, in its own transaction."""

from alembic import context

from ledger.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()

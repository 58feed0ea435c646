"""Alembic runs this file for every migration, on the connection that `migrate` hands in."""

from alembic import context

from waypost.store.operations import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite changes a table by copying it; without this most changes cannot be made there.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()

"""How Alembic comes to the tables: over the connection that the service has open."""

from alembic import context

from renderer.service.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()

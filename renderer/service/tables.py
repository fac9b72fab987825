"""The state of a service → its tables, in SQLite or in PostgreSQL by its address.

No row says anything of a person: names of jobs, counts, sums, times, and who asked. ``migrations/`` brings an older
database up to these tables.
"""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import JSON, Column, Engine, ForeignKey, Integer, MetaData, String, Table, create_engine, event
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.pool import ConnectionPoolEntry

from renderer.model.errors import BadJob

METADATA = MetaData()
JOB = Table(
    "job",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("name", String(80), nullable=False, unique=True),
    Column("library", String(50), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(20), nullable=False, index=True),
    Column("asked_by", String(50), nullable=False),
    Column("options", JSON, nullable=False),
    Column("progress", JSON, nullable=False),
    Column("outcome", JSON, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("asked_at", String(20), nullable=False),
    Column("begun_at", String(20), nullable=False),
    Column("ended_at", String(20), nullable=False),
    sqlite_autoincrement=True,
)
"""A job that was asked for. Times are UTC, "" for not yet."""
KEY = Table(
    "idempotency_key",
    METADATA,
    Column("caller", String(50), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("request", String(64), nullable=False),
    Column("job", ForeignKey("job.number"), nullable=False),
)
"""What a caller has named a request, the sum of that request, and the job that came of it."""
ACT = Table(
    "act",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", String(20), nullable=False),
    Column("request", String(36), nullable=False),
    Column("caller", String(50), nullable=False),
    Column("role", String(20), nullable=False),
    Column("act", String(40), nullable=False),
    Column("subject", String(120), nullable=False),
    sqlite_autoincrement=True,
)
"""What somebody did, and to what."""
NOTICE = Table(
    "webhook",
    METADATA,
    Column("job", ForeignKey("job.number"), primary_key=True),
    Column("url", String(2000), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Integer, nullable=False),
    Column("status", String(20), nullable=False),
)
"""To whom it is said that a job has ended; ``next_at`` in seconds since 1970, ``status`` waiting, told or given-up."""
AWAY = (InterfaceError, OperationalError, InternalError, NoConnection)
"""What is raised where the database does not answer, takes nothing, is being ended, has no room or no connection left:
another time it may."""
MIGRATIONS = "renderer.service:migrations"
"""As Alembic finds them in a package."""
PATIENCE = 30
"""Seconds that one writer of SQLite waits for another."""


def open_database(url: str) -> Engine:
    """Open a database, and bring its tables up to date.

    :raises BadJob: when it cannot be used.
    """
    try:
        engine = create_engine(url, pool_pre_ping=True)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _prepare)
        with engine.begin() as connection:
            config = Config(attributes={"connection": connection})
            config.set_main_option("script_location", MIGRATIONS)
            command.upgrade(config, "head")
    except ModuleNotFoundError as missing:
        raise BadJob(
            f"the database needs {missing.name}; pip install 'renderer[postgres]' brings that of PostgreSQL"
        ) from None
    except SQLAlchemyError as error:
        # The text of an error of SQLAlchemy may have the password that stands in the address.
        raise BadJob(
            f"the database of the service cannot be used ({type(error).__name__}); correct --database, its rights, or "
            "bring it back from a copy"
        ) from None
    return engine


def _prepare(connection: object, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined] # that of sqlite3
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute(f"PRAGMA busy_timeout = {1000 * PATIENCE}")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()

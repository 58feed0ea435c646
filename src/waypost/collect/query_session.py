"""A session with a customer's database: it can only read, gives up in time, and counts its hours in UTC."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from waypost.core import ImportRefusedError

CONNECT_S = 10
# What a server may take to notice the time-out and say so.
_GRACE_S = 30
_STEPS_BETWEEN_LOOKS = 10_000
_DRIVERS = {
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
}


@contextmanager
def session(url: str, *, seconds: int) -> Iterator[sa.Connection]:
    """Connect to read and nothing else; a statement that takes longer than `seconds` is ended by the database.

    Raises ImportRefusedError that says what went wrong without the address.
    """
    try:
        address = _address(url)
        engine = sa.create_engine(
            address, poolclass=sa.NullPool, connect_args=_connect_args(address, seconds), hide_parameters=True
        )
        with engine.connect() as connection, _left_in_peace(connection):
            _only_read(connection, seconds)
            yield connection
            connection.rollback()
    except (sa.exc.SQLAlchemyError, ImportError, ValueError) as error:
        raise ImportRefusedError(f"the database did not answer: {_explained(error, url)}") from None


def _address(url: str) -> sa.URL:
    """Return the address with the driver that comes with us, and as one that cannot write where that decides it."""
    read = sa.make_url(url)
    read = read.set(drivername=_DRIVERS.get(read.drivername, read.drivername))
    if read.get_backend_name() != "sqlite" or not read.database or read.database.startswith("file:"):
        return read
    return read.set(database=f"file:{quote(read.database)}", query={"mode": "ro", "uri": "true"})


def _connect_args(address: sa.URL, seconds: int) -> dict[str, Any]:
    """Return what the driver must know to notice a server that went away without a word."""
    match address.get_driver_name():
        case "psycopg":
            return {"connect_timeout": CONNECT_S, "keepalives_idle": _GRACE_S, "keepalives_interval": 10}
        case "pymysql":
            return {"connect_timeout": CONNECT_S, "read_timeout": seconds + _GRACE_S}
        case _:
            return {}


def _only_read(connection: sa.Connection, seconds: int) -> None:
    for statement in _settings(connection, seconds):
        connection.exec_driver_sql(statement)
    match connection.dialect.name:
        case "sqlite":
            _end_in_time(connection, seconds)
        case "mysql" | "mariadb":
            connection.rollback()  # the settings hold from the next transaction on
        case _:
            pass


def _settings(connection: sa.Connection, seconds: int) -> tuple[str, ...]:
    match connection.dialect.name:
        case "sqlite":
            return ("pragma query_only = on",)
        case "postgresql":
            # Of this transaction alone, the only one there is: a pool in between must not keep them.
            return (
                "set transaction read only",
                f"set local statement_timeout = '{seconds}s'",
                "set local time zone 'UTC'",
            )
        case "mysql" | "mariadb":
            mariadb = getattr(connection.dialect, "is_mariadb", False)
            most = f"max_statement_time = {seconds}" if mariadb else f"max_execution_time = {seconds * 1000}"
            return (
                "set session transaction read only",
                f"set session {most}",
                f"set session net_write_timeout = {seconds + _GRACE_S}",
                "set session time_zone = '+00:00'",
            )
        case _:
            return ()


@contextmanager
def _left_in_peace(connection: sa.Connection) -> Iterator[None]:
    """PyMySQL would try to read the rest of an answer, even of a connection that is gone."""
    raw: Any = connection.connection.dbapi_connection
    try:
        yield
    except sa.exc.DBAPIError:
        if getattr(raw, "_result", None) is not None:
            raw._result.unbuffered_active = False  # noqa: SLF001 -- it offers no other way
        raise


def _end_in_time(connection: sa.Connection, seconds: int) -> None:
    """SQLite has no time-out; it asks us now and then whether to go on."""
    until = time.monotonic() + seconds
    raw: Any = connection.connection.dbapi_connection
    raw.set_progress_handler(lambda: time.monotonic() > until, _STEPS_BETWEEN_LOOKS)


def _explained(error: Exception, url: str) -> str:
    cause = getattr(error, "orig", None) or error
    said = (str(cause).splitlines() or [type(cause).__name__])[0]
    try:
        password = sa.make_url(url).password
    except sa.exc.ArgumentError:
        return "its address is not understood"
    return said.replace(str(password), "•••") if password else said

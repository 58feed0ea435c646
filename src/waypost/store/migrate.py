"""Brings operational tables up to date, and says how far they are."""

from functools import cache
from pathlib import Path

import sqlalchemy as sa

from waypost.core import StoreError

MIGRATIONS = Path(__file__).parent / "migrations"


@cache
def versions() -> tuple[str, ...]:
    """Return every version of the tables that this release knows, oldest first."""
    return tuple(sorted(file.name[:4] for file in (MIGRATIONS / "versions").glob("[0-9]*.py")))


def version_of(connection: sa.Connection) -> str | None:
    """Return the version of the tables, None when there are none yet."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(sa.text("select version_num from alembic_version"))
    return version


def migrate(engine: sa.Engine) -> None:
    """Bring the tables up to date, all of it or nothing.

    Raises StoreError when a newer release has written them, since this one cannot know what they hold.
    """
    with engine.begin() as connection:
        before = version_of(connection)
        if before == versions()[-1]:
            return
        if before is not None and before not in versions():
            raise StoreError(
                f"this data folder was written by a newer Waypost (version {before} of its tables, "
                f"{versions()[-1]} is known here); upgrade Waypost, or restore an older backup"
            )
        # The driver begins no transaction by itself before a change of tables.
        connection.exec_driver_sql("begin immediate")
        _upgrade(connection)


def _upgrade(connection: sa.Connection) -> None:
    # Needed once for each release, and slow to load; opening a folder that is up to date must not pay for it.
    from alembic import command  # noqa: PLC0415 -- as said above
    from alembic.config import Config  # noqa: PLC0415 -- as above

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")

import importlib
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from waypost.core import StoreError
from waypost.store import Operations, metadata
from waypost.store.migrate import MIGRATIONS, migrate, version_of, versions


@pytest.fixture
def engine(tmp_path: Path) -> sa.Engine:
    return sa.create_engine(f"sqlite:///{tmp_path / 'operations.db'}")


def test_a_migrated_database_is_what_the_tables_say(engine: sa.Engine) -> None:
    migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_new_folder_is_at_the_newest_version(tmp_path: Path) -> None:
    with closing(Operations(tmp_path / "operations.db")) as operations:
        assert operations.version == versions()[-1]


def test_migrating_twice_changes_nothing(engine: sa.Engine) -> None:
    migrate(engine)
    before = _everything(engine)
    migrate(engine)
    assert _everything(engine) == before


def test_a_migration_that_fails_leaves_nothing_behind(engine: sa.Engine) -> None:
    # The last of its tables is there already, so that making it fails.
    last = metadata.sorted_tables[-1].name
    with engine.begin() as connection:
        connection.execute(sa.text(f"create table {last} (a int)"))
    with pytest.raises(sa.exc.OperationalError):
        migrate(engine)
    assert set(_everything(engine)) == {last}
    with engine.connect() as connection:
        assert version_of(connection) is None


def test_a_folder_of_a_newer_waypost_is_left_alone(engine: sa.Engine) -> None:
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(sa.text("update alembic_version set version_num = '9999'"))
    with pytest.raises(StoreError, match=r"newer Waypost .*9999"):
        migrate(engine)


def test_migrations_follow_one_another_and_are_named_for_their_number() -> None:
    files = sorted((MIGRATIONS / "versions").glob("[0-9]*.py"))
    modules: list[Any] = [
        importlib.import_module(f"waypost.store.migrations.versions.{f.stem}") for f in files
    ]
    assert [module.revision for module in modules] == list(versions())
    assert [module.down_revision for module in modules] == [None, *versions()[:-1]]


def _everything(engine: sa.Engine) -> dict[str, str]:
    with engine.connect() as connection:
        rows = connection.execute(sa.text("select name, sql from sqlite_master where sql is not null"))
        return {row.name: row.sql for row in rows}

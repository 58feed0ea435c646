from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.collect.databases import MariaDB, PostgreSQL, Server
from tests.collect.door import Door


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    door = Door(tmp_path)
    yield door
    door.close()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """PostgreSQL for the tests of this process."""
    yield from _served(PostgreSQL)


@pytest.fixture(scope="session")
def mariadb() -> Iterator[Server]:
    """MariaDB for the tests of this process."""
    yield from _served(MariaDB)


def _served(made: type[Server]) -> Iterator[Server]:
    server = made()
    try:
        server.start()
        yield server
    finally:
        server.forget()

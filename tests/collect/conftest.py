from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.collect.databases import MariaDB, PostgreSQL, Server
from tests.collect.door import Door
from tests.collect.held import HeldPlace
from waypost.store import Inbox, Operations, Sources


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


@pytest.fixture
def held(tmp_path: Path) -> Iterator[HeldPlace]:
    operations, inbox = Operations(None), Inbox(None)
    yield HeldPlace(tmp_path / "product.db", inbox, operations, Sources(operations, bytes(32)))
    inbox.close()
    operations.close()

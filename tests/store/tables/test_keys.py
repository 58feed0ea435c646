from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from waypost.core import StoreError
from waypost.store import KeyRing, Keys, Operations

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def operations(tmp_path: Path) -> Iterator[Operations]:
    operations = Operations(tmp_path / "operations.db")
    yield operations
    operations.close()


def test_a_key_is_told_once_and_stored_as_a_hash(operations: Operations, tmp_path: Path) -> None:
    key = Keys(operations).create("web", now=NOON)
    (listed,) = Keys(operations).list()
    assert (listed.name, listed.source, listed.created_at, listed.revoked_at) == (
        "web",
        "segment:web",
        NOON,
        None,
    )
    assert key.startswith(listed.begins_with)
    assert len(key) == 35
    operations.close()
    assert not any(key.encode() in file.read_bytes() for file in tmp_path.iterdir())


def test_a_name_is_given_once(operations: Operations) -> None:
    Keys(operations).create("web", now=NOON)
    with pytest.raises(StoreError, match="there is a key named 'web' already"):
        Keys(operations).create("web", now=NOON)


def test_the_key_ring_knows_keys_in_force(operations: Operations, tmp_path: Path) -> None:
    keys, ring = Keys(operations), KeyRing(tmp_path / "operations.db")
    key = keys.create("web", now=NOON, source="segment:shop")
    assert ring.source_of(key) is None
    ring.refresh()
    assert ring.source_of(key) == "segment:shop"
    assert ring.source_of("wk_wrong") is None
    keys.revoke("web", now=NOON)
    ring.refresh()
    assert ring.source_of(key) is None
    assert Keys(operations).list()[0].revoked_at == NOON


def test_what_is_not_in_force_cannot_be_revoked(operations: Operations) -> None:
    with pytest.raises(StoreError, match="there is no key named 'web' in force"):
        Keys(operations).revoke("web", now=NOON)


def test_a_ring_without_a_database_knows_that_it_knows_nothing(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "operations.db")
    ring.refresh()
    assert not ring.known
    operations = Operations(tmp_path / "operations.db")
    ring.refresh()
    assert ring.known
    operations.close()

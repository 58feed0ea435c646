from datetime import UTC, datetime
from pathlib import Path

import pytest

from waypost.core import StoreError
from waypost.store import KeyRing, Operations, SigningSecrets

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
KEY = bytes(32)


def test_a_collector_opens_what_was_sealed_and_nobody_else_can(tmp_path: Path) -> None:
    file = tmp_path / "operations.db"
    operations = Operations(file)
    secrets = SigningSecrets(operations, KEY)
    ring, stranger, blind = KeyRing(file, KEY), KeyRing(file, b"1" * 32), KeyRing(file)
    for nr, given in enumerate(("hidden-1", "hidden-2\n\n hidden-1 \n")):
        secrets.put("support", given, now=NOON)
        ring.refresh()
        assert ring.secrets_of("support") == (("hidden-1",), ("hidden-2", "hidden-1"))[nr]
    for each in (stranger, blind):
        each.refresh()
        assert (each.secrets_of("support"), each.secrets_of("billing")) == ((), None)
    with operations.begin() as rows:
        kept = rows.exec_driver_sql("select sealed from signing_secrets").scalar_one()
    assert b"hidden" not in kept
    assert [(each.source, each.changed_at) for each in secrets.all()] == [("support", NOON)]
    secrets.remove("support")
    ring.refresh()
    assert ring.secrets_of("support") is None
    operations.close()


def test_a_secret_that_is_none_is_refused() -> None:
    secrets = SigningSecrets(Operations(None), KEY)
    for wrong in ("", " \n ", "x" * 9_000):
        with pytest.raises(StoreError, match="a secret is a line"):
            secrets.put("support", wrong, now=NOON)
    with pytest.raises(StoreError, match="has no secret"):
        secrets.remove("support")

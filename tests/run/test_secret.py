import stat
from pathlib import Path

import pytest

from waypost.core import StoreError
from waypost.run.secret import new_password, secret_of


def test_a_secret_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    first = secret_of(tmp_path).for_purpose("holdouts")
    assert secret_of(tmp_path).for_purpose("holdouts") == first
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


def test_purposes_and_folders_share_nothing(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    mine, theirs = secret_of(tmp_path), secret_of(tmp_path / "other")
    values = {each.for_purpose(purpose) for each in (mine, theirs) for purpose in ("holdouts", "webhooks")}
    assert len(values) == 4
    assert secret_of(None).for_purpose("a") != secret_of(None).for_purpose("a")


def test_a_secret_does_not_print_itself(tmp_path: Path) -> None:
    assert repr(secret_of(tmp_path)) == "Secret(…)"


@pytest.mark.parametrize("content", [b"", b"short", b"not base64 at all!!!"])
def test_a_damaged_secret_is_never_replaced(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secret.key").write_bytes(content)
    with pytest.raises(StoreError, match="put back the one of your last backup"):
        secret_of(tmp_path)
    assert (tmp_path / "secret.key").read_bytes() == content


def test_passwords_differ() -> None:
    assert len({new_password() for _ in range(100)}) == 100

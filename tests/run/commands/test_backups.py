from pathlib import Path

import pytest

from tests.run.conftest import Type


@pytest.mark.usefixtures("anyhow")
def test_what_is_backed_up_can_be_restored_elsewhere(type_in: Type, tmp_path: Path) -> None:
    type_in("key", "create", "web")
    assert type_in("backup", "kept.tar.gz").out.startswith("kept.tar.gz holds everything, ")
    restored = type_in("restore", "kept.tar.gz", "--data", "restored")
    assert restored.out.startswith("restored is as it was at ")
    assert "web" in type_in("key", "list", "--data", "restored").out


@pytest.mark.usefixtures("anyhow")
def test_a_restore_does_not_touch_a_folder_that_is_used(type_in: Type) -> None:
    type_in("key", "create", "web")
    type_in("backup", "kept.tar.gz")
    refused = type_in("restore", "kept.tar.gz")
    assert refused.code == 1
    assert refused.err.count("\n") == 1

"""What tests of followed files share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.collect.following.writing import Log
from waypost.store import Inbox


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    inbox = Inbox(None)
    yield inbox
    inbox.close()


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path / "access.log")

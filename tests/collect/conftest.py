from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.collect.door import Door


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    door = Door(tmp_path)
    yield door
    door.close()

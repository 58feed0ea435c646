"""The town in which the stories play."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.town import DEFINITIONS, Town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A running Waypost with the stories' definitions in force."""
    here = Town(folder=tmp_path / "data")
    try:
        here.start()
        here.command("apply", str(DEFINITIONS), "--yes")
        yield here
    finally:
        here.leave()

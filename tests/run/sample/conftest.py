"""One small sample for all tests of this folder, made once."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from waypost.run.sample.calendar import calendar
from waypost.run.sample.generate import Manifest, generate
from waypost.run.sample.world import World, world

SEED, TODAY, NOW, ZONE = 7, date(2026, 11, 22), datetime(2026, 11, 22, 10, 30, tzinfo=UTC), "Europe/Stockholm"
SMALL = 0.15


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Manifest]:
    folder = tmp_path_factory.mktemp("sample")
    return folder, generate(folder, seed=SEED, today=TODAY, now=NOW, zone=ZONE, scale=SMALL)


@pytest.fixture(scope="session")
def told() -> World:
    return world(SEED, calendar(TODAY, NOW, ZONE), SMALL)

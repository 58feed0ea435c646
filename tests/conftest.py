"""What every test may need; with CI=true a missing part fails instead of being skipped."""

import os
import shutil
from pathlib import Path

import pytest

from tests.collect import databases

NODE_SDKS = Path(__file__).parent / "collect" / "node" / "node_modules"


def pytest_runtest_setup(item: pytest.Item) -> None:
    missing = []
    if item.get_closest_marker("browser") and not shutil.which("chromium"):
        missing.append("chromium")
    if item.get_closest_marker("node") and not (shutil.which("node") and NODE_SDKS.is_dir()):
        missing.append("nodejs, npm and the SDKs of tests/collect/node")
    if item.get_closest_marker("databases"):
        missing += databases.missing()
    if missing:
        complaint = f"needs {' and '.join(missing)}; make test sets them up"
        if os.environ.get("CI") == "true":
            pytest.fail(complaint, pytrace=False)
        pytest.skip(complaint)

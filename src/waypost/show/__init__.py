"""Show draws the pages, which read everything and change little."""

from waypost.show.app import build
from waypost.show.desk import Desk, LogFiles

__all__ = ["Desk", "LogFiles", "build"]

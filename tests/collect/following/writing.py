"""Logs as servers write them, and what a single import of all that was written would store."""

from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from waypost.collect import FileFormat, Follow, Follower, Format, import_file
from waypost.store import Inbox

NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)
BEGAN = datetime(2026, 6, 1, 10, tzinfo=UTC)
COMBINED = FileFormat(Format.APACHE_COMBINED)
_numbers = count()


def line(number: int) -> str:
    """Return a line; three of five are alike, and two hundred are of one second."""
    at = BEGAN + timedelta(seconds=number // 200)
    what = 7 if number % 5 < 3 else number
    request = f"POST /projects/{what}/export HTTP/1.1"
    return f'10.0.0.1 - ada [{at:%d/%b/%Y:%H:%M:%S} +0000] "{request}" 200 12 "-" "Mozilla/5.0"\n'


class Log:
    """A log that is written to, with all that ever was."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.written: list[str] = []

    def write(self, n: int) -> None:
        """Write further lines at its end."""
        fresh = [line(len(self.written) + nr) for nr in range(n)]
        with self.file.open("a") as file:
            file.write("".join(fresh))
        self.written += fresh

    def ids(self) -> list[str]:
        """Return the ids of what one import of everything would store, in order."""
        whole = self.file.parent / f"whole-{next(_numbers)}"
        whole.write_text("".join(self.written))
        inbox = Inbox(None)
        import_file(whole, source="web", file_format=COMBINED, inbox=inbox, now=NOW)
        whole.unlink()
        return ids_in(inbox)


def ids_in(inbox: Inbox) -> list[str]:
    """Return the ids of all events in an inbox, sorted."""
    return sorted(event.event_id for event in inbox.take(0, 10_000_000).events)


def follower(inbox: Inbox, *patterns: Path | str, from_end: bool = False) -> Follower:
    """Return a follower of files in the combined format."""
    asked = tuple(map(str, patterns))
    return Follower(Follow(source="web", patterns=asked, file_format=COMBINED, from_end=from_end), inbox)


def catch_up(following: Follower, turns: int = 1) -> None:
    """Take turns until there is nothing more, and some that find nothing."""
    for _ in range(turns):
        while following.turn(NOW):
            pass

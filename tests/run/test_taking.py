"""Taking in, with the next batch heard while one is appended: all of it once, in order, in bounded memory."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from waypost.collect import READERS
from waypost.core import Event, Kind
from waypost.run import taking
from waypost.run.taking import take_all, take_in
from waypost.store import Inbox, Intake, Warehouse, append_columns, intake_of

NOW = datetime(2026, 6, 1, 10, tzinfo=UTC)


def event(event_id: str) -> Event:
    return Event(
        event_id=event_id, source="web", kind=Kind.TRACK, name="Export", happened_at=NOW, received_at=NOW
    )


def sent(*events: str) -> Intake:
    """Return messages as Segment's clients send them, the last of which names nobody."""
    around = {"type": "track", "event": "Export", "timestamp": NOW}
    messages = [{**around, "messageId": each, "userId": "ada"} for each in events]
    body = msgspec.json.encode({"batch": [*messages, around]})
    return Intake(source="web", received_at=NOW, form="segment", events=body, n=len(events) + 1)


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    inbox = Inbox(tmp_path / "inbox.db", READERS)
    yield inbox
    inbox.close()


@pytest.fixture(autouse=True)
def _ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "WORTH_HEARING_AHEAD", 1)


def stored(warehouse: Warehouse) -> list[tuple[int, str]]:
    return warehouse.look("select arrival, event_id from events order by arrival").rows()


def test_batches_heard_ahead_are_appended_in_order_and_each_event_once(inbox: Inbox) -> None:
    for nr in range(20):
        inbox.put([intake_of("web", [event(str(nr)), event(str(nr // 2))], NOW)])
    warehouse = Warehouse(None)
    batches = list(take_all(inbox, warehouse, zone="UTC", most=6))
    assert [taken for taken, _ in batches] == [6, 6, 6, 6, 6, 6, 4]
    assert stored(warehouse) == [(nr + 1, str(nr)) for nr in range(20)]
    assert inbox.waiting(0) == 0
    assert take_in(inbox, warehouse, zone="UTC") == (0, 0)


def test_what_was_heard_ahead_of_an_append_that_fails_is_taken_again_and_counted_once(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for nr in range(5):
        inbox.put([sent(f"{nr}a", f"{nr}b")])
    warehouse = Warehouse(None)
    calls = iter(range(100))

    def fails_once(*args: object, **options: object) -> int:
        if next(calls) == 1:
            raise OSError("no room")
        return append_columns(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(taking, "append_columns", fails_once)
    with pytest.raises(OSError, match="no room"):
        list(take_all(inbox, warehouse, zone="UTC", most=1))
    assert stored(warehouse) == [(1, "0a"), (2, "0b")]
    assert sum(appended for _, appended in take_all(inbox, warehouse, zone="UTC", most=1)) == 8
    assert [each for _, each in stored(warehouse)] == [f"{nr}{which}" for nr in range(5) for which in "ab"]
    counts = {each.outcome.value: each.n for each in inbox.door_counts("2026-06-01")}
    assert counts["refused"] == 5


#: Takes in batch after batch, and prints by how many MB the process grew, pages of files left out.
GROWS = """
import sys
from datetime import UTC, datetime
from pathlib import Path
import psutil
from waypost.core import Event, Kind
from waypost.run.taking import take_all
from waypost.store import Inbox, Warehouse, intake_of
now = datetime.now(UTC)
inbox = Inbox(Path(sys.argv[1]) / "inbox.db")
warehouse = Warehouse(Path(sys.argv[1]) / "warehouse.duckdb", memory_mb=64)
fields = dict(source="s", kind=Kind.TRACK, name="n", happened_at=now, received_at=now, person_id="p" * 1_000)
def own():
    memory = psutil.Process().memory_info()
    return (memory.rss - memory.shared) >> 20
before = most = own()
for nr in range(25):
    for part in range(4):
        events = [Event(event_id=f"{nr}-{part}-{one}" + "x" * 300, **fields) for one in range(1_000)]
        inbox.put([intake_of("s", events, now)])
    del events
    for _ in take_all(inbox, warehouse, zone="UTC", most=2_000):
        pass
    most = max(most, own())
print(most - before)
"""


def test_memory_is_bounded_however_much_is_taken_in(tmp_path: Path) -> None:
    said = subprocess.run(
        [sys.executable, "-c", GROWS, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stderr
    # The engine may take 64 MB. 100,000 events of 1,300 bytes would be 130 MB more, were they kept.
    assert int(said.stdout) < 64 + 90

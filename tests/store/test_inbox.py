import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from waypost.core import Event, Kind, StoreError
from waypost.store import Inbox, Intake, Judged, Marred, Outcome, Parcel, Way, intake_of, sample
from waypost.store.columns import columns_of, take_columns

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    inbox = Inbox(tmp_path / "inbox.db")
    yield inbox
    inbox.close()


def event(event_id: str) -> Event:
    return Event(
        event_id=event_id,
        source="segment:web",
        kind=Kind.TRACK,
        name="Report Exported",
        happened_at=NOON - timedelta(seconds=1),
        received_at=NOON,
        person_id="ada",
    )


def some(*ids: str) -> Intake:
    return intake_of("segment:web", [event(one) for one in ids], NOON)


def ids(events: list[Event]) -> list[str]:
    return [one.event_id for one in events]


def test_what_was_put_is_taken_as_it_was(inbox: Inbox) -> None:
    inbox.put([some("1", "2")])
    taken = inbox.take(0, 100)
    assert taken.events == [event("1"), event("2")]
    assert inbox.waiting(0) == 2
    assert inbox.waiting(taken.position) == 0
    assert inbox.take(taken.position, 100).events == []
    assert inbox.take(taken.position, 100).position == taken.position


def test_chunks_are_taken_whole_and_in_order(inbox: Inbox) -> None:
    inbox.put([some("1", "2", "3")])
    inbox.put([some("4")])
    inbox.put([some("5", "6")])
    first = inbox.take(0, 1)
    assert ids(first.events) == ["1", "2", "3"]
    second = inbox.take(first.position, 2)
    assert ids(second.events) == ["4"]
    assert ids(inbox.take(second.position, 2).events) == ["5", "6"]


def test_columns_hold_what_events_hold(inbox: Inbox) -> None:
    inbox.put([some("1", "2")])
    inbox.put([some("3")])
    taken, columns = inbox.take(0, 100), take_columns(inbox, 0, 100)
    assert (columns.position, columns.imported) == (taken.position, taken.imported)
    assert columns.events.equals(columns_of(taken.events))
    assert take_columns(inbox, taken.position, 100).events.num_rows == 0


def test_a_batch_has_no_more_bytes_than_a_round_may_hold(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for nr in range(6):
        inbox.put([some(str(nr))])
    whole = len(inbox._bodies.read(*inbox._rows.execute("select file, 0, length from chunks").fetchone()))
    monkeypatch.setattr("waypost.store.inbox.MOST_BYTES_AT_ONCE", 2 * whole)
    first = inbox.take(0, 100)
    assert ids(first.events) == ["0", "1"]
    monkeypatch.setattr("waypost.store.inbox.MOST_BYTES_AT_ONCE", 1)
    assert ids(inbox.take(first.position, 100).events) == ["2"], "a chunk is taken whatever its size"
    monkeypatch.setattr("waypost.store.inbox.PLACES_AT_ONCE", 2)
    monkeypatch.setattr("waypost.store.inbox.MOST_BYTES_AT_ONCE", 1 << 20)
    assert len(inbox.take(0, 100).events) == 6


def test_a_great_many_events_become_several_chunks(inbox: Inbox) -> None:
    inbox.put([some(*(f"{part}-{n}" for n in range(2_000))) for part in range(3)])
    assert len(inbox.take(0, 1).events) == 4_000
    assert inbox.waiting(0) == 6_000


def test_a_position_never_comes_again(inbox: Inbox) -> None:
    inbox.put([some("1")])
    first = inbox.take(0, 10)
    inbox.forget(first.position)
    inbox.put([some("2")])
    assert inbox.take(0, 10).position > first.position
    assert ids(inbox.take(first.position, 10).events) == ["2"]


def test_what_the_door_did_is_counted_by_source_day_and_reason(inbox: Inbox) -> None:
    inbox.put([some("1", "2"), Intake(source="apache", received_at=NOON, noise={"bot": 7})])
    inbox.put([some("3"), Intake(source="segment:web", received_at=NOON, refused={"no_id": 1})])
    inbox.put([intake_of("segment:web", [event("4")], NOON + timedelta(days=1))])
    counted = [
        (one.source, one.day, one.outcome, one.reason, one.n) for one in inbox.door_counts("2026-03-02")
    ]
    assert counted == [
        ("apache", "2026-03-02", Outcome.NOISE, "bot", 7),
        ("segment:web", "2026-03-02", Outcome.ACCEPTED, "", 3),
        ("segment:web", "2026-03-02", Outcome.REFUSED, "no_id", 1),
        ("segment:web", "2026-03-03", Outcome.ACCEPTED, "", 1),
    ]
    assert [one.n for one in inbox.door_counts("2026-03-03")] == [1]
    assert inbox.last_seen() == {"segment:web": NOON + timedelta(days=1)}


def test_the_quarantine_keeps_the_newest_samples_of_each_source(inbox: Inbox) -> None:
    for n in range(0, 600, 100):
        refused = tuple(sample("no_id", "it names nobody", f"payload {i}") for i in range(n, n + 100))
        inbox.put([Intake(source="segment:web", received_at=NOON, refused={"no_id": 100}, samples=refused)])
    inbox.put(
        [Intake(source="apache", received_at=NOON, samples=(sample("bad_line", "not a line", b"\xff"),))]
    )
    kept = inbox.quarantined("segment:web", 1_000)
    assert [kept[0].payload, kept[-1].payload, len(kept)] == ["payload 599", "payload 100", 500]
    assert [one.payload for one in inbox.quarantined("apache", 10)] == ["\ufffd"]
    assert len(inbox.quarantined(None, 10)) == 10


def _odd(parcel: Parcel) -> Judged:
    """Keep what lies at even places of a parcel of letters."""
    kept = [event(letter) for letter in parcel.body.decode()[::2]]
    return Judged(events=kept, refused={"odd": parcel.n // 2}, samples=(sample("odd", "it is odd", "x"),))


def _counted(inbox: Inbox) -> dict[tuple[str, str], int]:
    return {(one.outcome.value, one.reason): one.n for one in inbox.door_counts("2000-01-01")}


def _letters(letters: bytes) -> Intake:
    return Intake(
        source="web", received_at=NOON, form="letters", family="segment", events=letters, n=len(letters)
    )


def test_what_a_reader_refuses_is_counted_once_however_often_it_is_taken(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "inbox.db", {"letters": _odd})
    inbox.put([_letters(b"abcd")])
    inbox.put([_letters(b"efgh")])
    assert _counted(inbox) == {("accepted", "segment"): 8}
    for _ in range(3):
        assert ids(inbox.take(0, 1).events) == ["a", "c"]
        assert _counted(inbox) == {("accepted", "segment"): 6, ("refused", "odd"): 2}
        assert len(inbox.quarantined("web", 10)) == 1
    inbox.close()
    inbox = Inbox(tmp_path / "inbox.db", {"letters": _odd})
    assert ids(inbox.take(0, 100).events) == ["a", "c", "e", "g"]
    assert _counted(inbox) == {("accepted", "segment"): 4, ("refused", "odd"): 4}
    inbox.close()


def test_of_a_flood_of_refusals_some_are_kept() -> None:
    def flood(parcel: Parcel) -> Judged:
        samples = tuple(sample("odd", "it is odd", f"{parcel.n} {n}") for n in range(100))
        return Judged(events=[], refused={"odd": parcel.n}, samples=samples)

    flooded = Inbox(None, {"letters": flood})
    for number in range(1, 8):
        flooded.put([_letters(b"x" * number)])
    flooded.take(0, 100)
    assert _counted(flooded) == {("refused", "odd"): 28}
    assert len(flooded.quarantined("web", 1_000)) == 500
    flooded.close()


def test_a_source_of_which_all_was_refused_has_sent_nothing(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "inbox.db", {"letters": lambda each: Judged(events=[], refused={"odd": each.n})})
    inbox.put([_letters(b"ab")])
    assert inbox.last_seen() == {"web": NOON}
    taken = inbox.take(0, 100)
    assert (taken.events, taken.position > 0) == ([], True)
    assert inbox.last_seen() == {}
    assert inbox.last_by("segment") is None
    assert _counted(inbox) == {("refused", "odd"): 2}
    inbox.close()


def test_a_quarantine_of_an_older_waypost_is_read_and_added_to(tmp_path: Path) -> None:
    rows = sqlite3.connect(tmp_path / "inbox.db")
    rows.executescript(
        "create table quarantine (id integer primary key autoincrement, source text not null, reason text not null,"
        " detail text not null, payload text not null, received_at text not null);"
        "create table chunks (position integer primary key autoincrement, n integer not null, file text not null,"
        " start integer not null, length integer not null);"
        "insert into quarantine (source, reason, detail, payload, received_at)"
        " values ('web', 'no_id', '', '{}', '2026-03-01T12:00:00+00:00'); pragma user_version = 2;"
    )
    rows.close()
    for _ in range(2):
        inbox = Inbox(tmp_path / "inbox.db")
        way = Way(family="segment", path="/v1/track", around={"sentAt": "1"})
        inbox.put([Intake(source="web", received_at=NOON, samples=(sample("r", "d", "x" * 40_000, way),))])
        newest, *_, oldest = inbox.quarantined("web", 10)
        assert (newest.way, newest.marred) == (way, Marred.CUT)
        assert (oldest.reason, oldest.way, oldest.marred) == ("no_id", None, Marred.NO)
        inbox.close()


def test_a_sample_that_came_by_an_address_with_somebodys_id_goes_with_them(inbox: Inbox) -> None:
    way = Way(family="customerio", path="/api/v1/customers/ada%40acme.example/events")
    kept = (sample("no_name", "", "{}", way), sample("no_name", "", "_p=ada%40acme.example"))
    inbox.put([Intake(source="web", received_at=NOON, samples=kept)])
    inbox.erase_samples(["ada@acme.example"])
    assert inbox.quarantined(None, 10) == []


def test_the_quarantine_lets_go_after_seven_days(inbox: Inbox) -> None:
    for source, received_at in (("old", NOON), ("new", NOON + timedelta(days=7, seconds=1))):
        refused = (sample("no_id", "it names nobody", "{}"),)
        inbox.put([Intake(source=source, received_at=received_at, samples=refused)])
    assert [one.source for one in inbox.quarantined(None, 10)] == ["new"]


def test_a_sample_is_cut_to_32_kb_of_whole_characters() -> None:
    assert sample("r", "d", "ä" * 40_000).payload == "ä" * 16_384
    assert len(sample("r", "d", b"x" * 40_000).payload) == 32_768
    assert sample("r", "d", "\ud800").payload == "?"


def test_when_one_part_cannot_be_kept_nothing_is(inbox: Inbox) -> None:
    inbox._rows.execute(
        "create trigger full before insert on counts begin select raise(abort, 'disk full'); end"
    )
    with pytest.raises(StoreError, match="disk full"):
        inbox.put([some("1")])
    assert inbox.waiting(0) == 0


def test_several_processes_may_put(inbox: Inbox, tmp_path: Path) -> None:
    other = Inbox(tmp_path / "inbox.db")
    inbox.put([some("1")])
    other.put([some("2")])
    assert ids(inbox.take(0, 10).events) == ["1", "2"]
    other.close()


def test_a_file_that_is_no_inbox_is_refused_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "inbox.db"
    file.write_text("this is not a database, and long enough to be noticed as such" * 100)
    with pytest.raises(StoreError, match=r"inbox\.db cannot be opened"):
        Inbox(file)


def test_a_file_of_another_form_is_refused_rather_than_overlooked(tmp_path: Path) -> None:
    file = tmp_path / "inbox.db"
    rows = sqlite3.connect(file)
    rows.execute("create table chunks (position integer primary key, n integer, parcels blob)")
    rows.close()
    with pytest.raises(StoreError, match=r"kept by another version of Waypost \(form 0, here 2\)"):
        Inbox(file)


def test_when_the_files_beside_cannot_be_written_nothing_is_kept(inbox: Inbox, tmp_path: Path) -> None:
    inbox.put([some("1")])
    inbox._bodies.close()
    tmp_path.chmod(0o500)
    if os.access(tmp_path, os.W_OK):
        # Root may write anywhere; a folder that is gone stops even root.
        inbox._bodies._folder = tmp_path / "gone"
    with pytest.raises(StoreError, match="could not be written"):
        inbox.put([some("2")])
    tmp_path.chmod(0o700)
    inbox._bodies._folder = tmp_path
    inbox.put([some("3")])
    assert ids(inbox.take(0, 10).events) == ["1", "3"]
    assert sum(one.n for one in inbox.door_counts("2026-03-02")) == 2


def test_the_size_counts_only_what_is_in_use(inbox: Inbox) -> None:
    empty = inbox.size_bytes()
    inbox.put([some(*map(str, range(1_000)))])
    assert inbox.size_bytes() > empty + 100_000
    inbox.forget(inbox.take(0, 10_000).position)
    assert inbox.size_bytes() == empty


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from tests.store.test_inbox import some
from waypost.store import Inbox
inbox = Inbox(Path(sys.argv[1]))
for n in range(100_000):
    inbox.put([some(*(f"{n}-{part}" for part in "abc"))])
    print(n, flush=True)
"""


def test_a_killed_writer_loses_nothing_that_put_returned_for(tmp_path: Path) -> None:
    file = tmp_path / "inbox.db"
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(file)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout
    told = [int(writer.stdout.readline()) for _ in range(50)]
    os.kill(writer.pid, signal.SIGKILL)
    told += [int(line) for line in writer.stdout.read().splitlines()]
    writer.wait()
    writer.stdout.close()
    inbox = Inbox(file)
    kept = ids(inbox.take(0, 1_000_000).events)
    assert len(kept) == len(set(kept))
    assert len(kept) % 3 == 0
    assert {f"{n}-{part}" for n in told for part in "abc"} <= set(kept)
    inbox.close()


def test_the_newest_event_of_each_protocol_is_known_by_its_source() -> None:
    inbox = Inbox(None)
    assert inbox.last_by("segment") is None
    for source, family, hours in (("web", "segment", 2), ("app", "segment", 1), ("log", "", 0)):
        at = NOON - timedelta(hours=hours)
        inbox.put([Intake(source=source, received_at=at, family=family, events=b"{}", n=1)])
    assert inbox.last_by("segment") == ("app", NOON - timedelta(hours=1))
    assert inbox.last_by("") == ("log", NOON)
    assert inbox.last_seen().keys() == {"web", "app", "log"}

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from waypost.core import Event, Kind, StoreError
from waypost.store import FilePosition, Inbox, Intake, intake_of
from waypost.store.file_positions import MOST_ENDED_FILES

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    inbox = Inbox(tmp_path / "inbox.db")
    yield inbox
    inbox.close()


def place(file: str = "f1", reached: int = 10, *, ended: bool = False) -> FilePosition:
    return FilePosition(
        source="web", file=file, path="/log", node="1:2", reached=reached, head="h", head_size=9, ended=ended
    )


def lines(*positions: FilePosition) -> Intake:
    event = Event(
        event_id="1",
        source="web",
        kind=Kind.LOG,
        name="GET /",
        happened_at=NOON,
        received_at=NOON,
        person_id="ada",
    )
    return msgspec.structs.replace(intake_of("web", [event], NOON), positions=positions)


def test_a_position_is_kept_with_the_events_that_lead_to_it(inbox: Inbox) -> None:
    inbox.put([lines(place(), place("f2", 5))])
    inbox.put([Intake(source="web", received_at=NOON, positions=(place(reached=30, ended=True),))])
    assert inbox.file_positions("web") == [place(reached=30, ended=True), place("f2", 5)]
    assert inbox.file_positions("other") == []
    assert inbox.waiting(0) == 1


def test_neither_is_kept_when_one_of_them_cannot_be(inbox: Inbox) -> None:
    inbox._rows.execute(
        "create temp trigger full before insert on file_positions begin select raise(abort, 'full'); end"
    )
    with pytest.raises(StoreError):
        inbox.put([lines(place())])
    assert (inbox.waiting(0), inbox.file_positions("web")) == (0, [])


def test_files_that_ended_long_ago_are_let_go_of(inbox: Inbox) -> None:
    many = [place(f"{nr}", ended=nr > 0) for nr in range(MOST_ENDED_FILES + 5)]
    inbox.put([lines(*many)])
    kept = [each.file for each in inbox.file_positions("web")]
    assert kept == ["0", *(f"{nr}" for nr in range(5, MOST_ENDED_FILES + 5))]

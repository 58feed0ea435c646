import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.running import run
from waypost.core import Event, Kind, StoreError
from waypost.store import Crowded, CrowdedError, GroupCommit, Inbox, Intake, intake_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    inbox = Inbox(tmp_path / "inbox.db")
    yield inbox
    inbox.close()


def one(event_id: str) -> Intake:
    event = Event(
        event_id=event_id, source="s", kind=Kind.TRACK, name="n", happened_at=NOON, received_at=NOON
    )
    return intake_of("s", [event], NOON)


def test_what_waited_together_is_on_disk_when_each_is_told(inbox: Inbox) -> None:
    commit = GroupCommit(inbox)
    commit.start()

    async def offer(n: int) -> int:
        await commit.offer(one(str(n)))
        return inbox.waiting(0)

    async def all_of_them() -> list[int]:
        return await asyncio.gather(*(offer(n) for n in range(200)))

    seen = run(all_of_them())
    commit.stop()
    assert all(waiting > 0 for waiting in seen)
    assert {event.event_id for event in inbox.take(0, 1_000).events} == {str(n) for n in range(200)}


def test_stopping_commits_what_waits_and_takes_nothing_more(inbox: Inbox) -> None:
    commit = GroupCommit(inbox)

    async def story() -> None:
        waiting = commit.offer(one("1"))
        commit.start()
        await asyncio.to_thread(commit.stop)
        await waiting
        with pytest.raises(CrowdedError) as refused:
            commit.offer(one("2"))
        assert refused.value.why is Crowded.STOPPING
        commit.look()
        assert commit.crowded is Crowded.STOPPING

    run(story())
    assert inbox.waiting(0) == 1


def test_too_much_in_memory_is_refused_at_once(inbox: Inbox) -> None:
    commit = GroupCommit(inbox, most_waiting_bytes=100)

    async def story() -> None:
        waiting = commit.offer(one("1"))
        with pytest.raises(CrowdedError) as refused:
            commit.offer(one("2"))
        assert refused.value.why is Crowded.BUSY
        commit.start()
        await waiting
        await commit.offer(one("3"))
        commit.stop()

    run(story())
    assert [event.event_id for event in inbox.take(0, 10).events] == ["1", "3"]


def test_a_full_disk_and_a_full_inbox_are_told_apart(inbox: Inbox) -> None:
    disk = GroupCommit(inbox, least_free_bytes=1 << 60)
    disk.look()
    assert disk.crowded is Crowded.DISK_FULL
    full = GroupCommit(inbox, most_inbox_bytes=10)
    full.look()
    assert full.crowded is Crowded.INBOX_FULL


def test_when_the_disk_refuses_everybody_who_waited_is_told(inbox: Inbox) -> None:
    inbox._rows.execute("create trigger full before insert on chunks begin select raise(abort, 'full'); end")
    commit = GroupCommit(inbox)

    async def story() -> None:
        waiting = [commit.offer(one("1")), commit.offer(one("2"))]
        commit.start()
        for future in waiting:
            with pytest.raises(StoreError, match="could not be written"):
                await future

    run(story())
    commit.stop()
    assert inbox.waiting(0) == 0


def test_a_request_that_gave_up_does_not_disturb_the_others(inbox: Inbox) -> None:
    commit = GroupCommit(inbox)

    async def story() -> None:
        gone, waiting = commit.offer(one("1")), commit.offer(one("2"))
        gone.cancel()
        commit.start()
        await waiting

    run(story())
    commit.stop()
    assert inbox.waiting(0) == 2


def test_what_breaks_the_keeper_costs_itself_alone(tmp_path: Path) -> None:
    def keeper(intake: Intake, _read: object) -> Intake:
        if b"poison" in intake.events:
            raise ValueError("it is poison")
        return intake

    inbox = Inbox(tmp_path / "inbox.db", keeper=keeper)
    commit = GroupCommit(inbox)

    async def story() -> list[object]:
        waiting = [commit.offer(one(each)) for each in ("1", "poison", "2")]
        commit.start()
        found = await asyncio.gather(*waiting, return_exceptions=True)
        await commit.offer(one("3"))
        return [*found]

    first, second, third = run(story())
    commit.stop()
    assert (first, third) == (None, None)
    assert isinstance(second, StoreError)
    assert [event.event_id for event in inbox.take(0, 10).events] == ["1", "2", "3"]
    inbox.close()

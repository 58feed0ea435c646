from datetime import UTC, datetime, timedelta

from waypost.store import Operations, SourcePauses

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def test_a_source_is_paused_once_and_both_ends_are_kept() -> None:
    pauses = SourcePauses(Operations(None))
    assert pauses.pause("web", by="ada@x.test", now=NOON)
    assert not pauses.pause("web", by="ben@x.test", now=NOON)
    assert pauses.in_force()["web"].paused_by == "ada@x.test"
    later = NOON + timedelta(days=1)
    assert pauses.resume("web", by="ben@x.test", now=later)
    assert not pauses.resume("web", by="ben@x.test", now=later)
    assert pauses.in_force() == {}
    assert pauses.pause("web", by="ben@x.test", now=later)
    newest, oldest = pauses.of("web")
    assert (newest.paused_by, newest.resumed_at) == ("ben@x.test", None)
    assert (oldest.paused_at, oldest.resumed_by, oldest.resumed_at) == (NOON, "ben@x.test", later)
    assert pauses.of("crm") == []

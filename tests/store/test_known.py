"""An event is stored once per source and id, in the order of its first coming, however it is batched and registered."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as some

from waypost.core import Event, Kind
from waypost.store import Warehouse, append, keep_register

NOW = datetime(2026, 6, 1, 10, tzinfo=UTC)
IDS = some.tuples(some.sampled_from(["web", "crm"]), some.sampled_from([str(nr) for nr in range(30)]))
BATCHES = some.lists(some.tuples(some.lists(IDS, max_size=20), some.booleans()), max_size=6)


@settings(deadline=None, max_examples=60)
@given(BATCHES)
def test_events_are_stored_once_in_the_order_of_their_first_coming(
    batches: list[tuple[list[tuple[str, str]], bool]],
) -> None:
    warehouse = Warehouse(None)
    expected: dict[tuple[str, str], None] = {}
    for ids, registered in batches:
        if registered:
            with warehouse.writing() as writer:
                keep_register(writer, least=1)
        known = len(expected)
        expected |= dict.fromkeys(ids)
        with warehouse.writing() as writer:
            assert append(writer, [_event(*each) for each in ids], zone="UTC") == len(expected) - known
    stored = warehouse.look("select arrival, source, event_id from events order by arrival").rows()
    assert stored == [(nr, *each) for nr, each in enumerate(expected, 1)]
    warehouse.close()


def _event(source: str, event_id: str) -> Event:
    return Event(
        event_id=event_id, source=source, kind=Kind.TRACK, name="n", happened_at=NOW, received_at=NOW
    )

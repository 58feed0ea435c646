from datetime import UTC, datetime, timedelta

from waypost.measure.schema_seen import MOST_PROPERTIES, properties_seen

MONDAY = datetime(2026, 11, 2, tzinfo=UTC)


def day(nr: int) -> datetime:
    return MONDAY + timedelta(days=nr)


def test_properties_are_told_with_their_types_their_share_and_when_they_were_seen() -> None:
    found = properties_seen([
        (day(3), '{"format": "pdf", "pages": 3, "tags": ["a"], "by": {"id": 1}, "draft": true}'),
        (day(1), '{"format": "csv", "pages": 2.5, "note": null}'),
        (day(2), "{}"),
        (day(0), '{"format": "csv"}'),
    ])  # fmt: skip
    assert [(each.name, each.n, [type_.type for type_ in each.types]) for each in found] == [
        ("format", 3, ["text"]),
        ("pages", 2, ["number"]),
        ("by", 1, ["object"]),
        ("draft", 1, ["yes or no"]),
        ("note", 1, ["empty"]),
        ("tags", 1, ["list"]),
    ]
    assert (found[0].share, found[0].first_at, found[0].last_at) == (0.75, day(0), day(3))
    assert not any(each.change or each.is_mixed for each in found)


def test_a_type_that_ended_before_another_began_has_changed() -> None:
    (changed,) = properties_seen([(day(0), '{"n": "1"}'), (day(1), '{"n": "2"}'), (day(2), '{"n": 3}')])
    assert changed.change
    assert [side.type for side in changed.change] == ["text", "number"]
    assert changed.change[1].first_at == day(2)
    assert not changed.is_mixed


def test_types_side_by_side_are_mixed_and_a_missing_value_is_no_type() -> None:
    (mixed,) = properties_seen([(day(0), '{"n": "1"}'), (day(1), '{"n": 3}'), (day(2), '{"n": "2"}')])
    assert mixed.change is None
    assert mixed.is_mixed
    (empty,) = properties_seen([(day(0), '{"n": null}'), (day(1), '{"n": 3}')])
    assert empty.change is None
    assert not empty.is_mixed


def test_a_sender_that_makes_names_up_does_not_fill_the_page() -> None:
    events = [(day(0), f'{{"p{nr}": 1}}') for nr in range(MOST_PROPERTIES + 5)]
    assert len(properties_seen(events)) == MOST_PROPERTIES
    assert properties_seen([]) == []

"""What differs in what a query says becomes events of the schema, kind by kind."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from tests.collect.held import CONTRACTS, COUNTS, MEMBERS, SETTINGS, TICKETS, HeldPlace
from waypost.core import Actor, Kind


def test_who_joins_changes_role_leaves_and_comes_back(held: HeldPlace) -> None:
    held.means(MEMBERS)
    columns = "who, org, since, role, champion"
    ada, ben = ("ada", "acme", "2026-06-01 08:00:00", "analyst", 1), ("ben", "acme", None, "admin", 0)
    held.table(columns, ada, ben)
    assert held.ask().events == 2
    joined = sorted(held.came(), key=lambda event: event.person_id or "")
    assert [(event.kind, event.name, event.person_id) for event in joined] == [
        (Kind.MEMBERSHIP, "joined", "ada"),
        (Kind.MEMBERSHIP, "joined", "ben"),
    ]
    assert msgspec.json.decode(joined[0].properties) == {"role": "analyst", "champion": True}
    assert [event.happened_at for event in joined] == [datetime(2026, 6, 1, 8, tzinfo=UTC), held.now]
    assert held.ask().events == 0
    held.table(columns, ("ada", "acme", "2026-06-01 08:00:00", "lead", 1), ben)
    held.ask()
    (changed,) = held.came()
    # The day of joining dates no later change: that is dated when it was found.
    assert (changed.name, changed.person_id, changed.happened_at) == ("role_changed", "ada", held.now)
    assert held.asked(columns, ada) == [
        ("role_changed", "ada", "acme", {"role": "analyst", "champion": True}),
        ("left", "ben", "acme", {}),
    ]
    assert [told[0] for told in held.asked(columns, ada, ben)] == ["joined"]
    assert [told[0] for told in held.asked(columns, ada)] == ["left"]
    assert [told[0] for told in held.asked(columns, ada, ben)] == ["joined"]


def test_every_word_about_a_row_is_an_event_of_its_own_also_when_it_was_said_before(held: HeldPlace) -> None:
    held.means(SETTINGS)
    ids = set()
    for value in ("off", "on", "off", "on"):
        held.table("org, sso", ("acme", value))
        held.ask()
        ids |= {event.event_id for event in held.came()}
    assert len(ids) == 4


def test_settings_are_told_when_they_differ_with_what_they_are_now(held: HeldPlace) -> None:
    held.means(SETTINGS, person="by", time="changed_at")
    columns = "org, sso, seats_shown, by, changed_at"
    first = ("acme", "off", 3, None, "2026-06-01 10:00:00")
    assert held.asked(columns, first) == [("org_settings", None, "acme", {"sso": "off", "seats_shown": 3})]
    # The time alone is nothing new.
    assert held.asked(columns, ("acme", "off", 3, None, "2026-06-02 10:00:00")) == []
    held.table(columns, ("acme", "on", 3, "ada", "2026-06-03 10:00:00"))
    held.ask()
    (event,) = held.came()
    assert (event.kind, event.actor, event.person_id) == (Kind.ROW, Actor.HUMAN, "ada")
    assert event.happened_at == datetime(2026, 6, 3, 10, tzinfo=UTC)


def test_a_setting_without_a_person_is_automated_and_may_say_what_its_going_means(held: HeldPlace) -> None:
    held.means(SETTINGS, key=["flag"], gone={"value": "off"})
    held.table("org, flag, value", ("acme", "sso", "on"), ("acme", "api", "on"))
    held.ask()
    assert [event.actor for event in held.came()] == [Actor.AUTOMATED] * 2
    assert held.asked("org, flag, value", ("acme", "sso", "on")) == [
        ("org_settings", None, "acme", {"flag": "api", "value": "off"})
    ]


def test_a_setting_whose_row_is_gone_says_nothing_unless_it_should(held: HeldPlace) -> None:
    held.means(SETTINGS)
    held.asked("org, sso", ("acme", "on"), ("beta", "on"))
    assert held.asked("org, sso", ("acme", "on")) == []
    assert held.asked("org, sso", ("acme", "on"), ("beta", "on")) == [
        ("org_settings", None, "beta", {"sso": "on"})
    ]


@pytest.mark.parametrize(
    ("mapping", "kind", "who"),
    [
        ({"becomes": "people", "person": "id"}, Kind.IDENTIFY, ("7", None)),
        ({"becomes": "accounts", "account": "id"}, Kind.GROUP, (None, "7")),
        ({"becomes": "traits", "person": "id"}, Kind.IDENTIFY, ("7", None)),
        ({"becomes": "traits", "account": "id"}, Kind.GROUP, (None, "7")),
    ],
    ids=["people", "accounts", "traits of people", "traits of accounts"],
)
def test_people_accounts_and_traits_are_told_by_their_columns(
    held: HeldPlace, mapping: dict[str, Any], kind: Kind, who: tuple[str | None, str | None]
) -> None:
    held.means(mapping)
    held.table("id, name, plan", (7, "Ada", "pro"))
    held.ask()
    (event,) = held.came()
    assert (event.kind, event.name, event.person_id, event.account_id) == (kind, kind.value, *who)
    assert msgspec.json.decode(event.properties) == {"name": "Ada", "plan": "pro"}
    assert [told[3] for told in held.asked("id, name, plan", (7, "Ada", None))] == [
        {"name": "Ada", "plan": None}
    ]
    said = held.asked("id, name, plan", accept_loss=True)
    assert said == (
        [(kind.value, *who, {"name": None, "plan": None})] if mapping["becomes"] == "traits" else []
    )


def test_seats_are_those_of_a_contract(held: HeldPlace) -> None:
    held.means({"becomes": "seats", "account": "org", "quantity": "n"})
    assert held.asked("org, n", ("acme", 40.0)) == [
        ("changed", None, "acme", {"contract_id": "acme", "seats": 40})
    ]
    held.means({"becomes": "seats", "account": "org", "quantity": "n", "key": ["contract"]})
    told = held.asked("org, n, contract", ("acme", 45, 9), accept_loss=True)
    assert told == [("changed", None, "acme", {"contract_id": "9", "seats": 45})]


def test_a_day_that_is_counted_again_says_its_newest_number_and_takes_back_what_is_gone(
    held: HeldPlace,
) -> None:
    held.means(COUNTS, key=["format"], zone="America/New_York")
    columns = "day, who, org, n, format"
    monday, tuesday = ("2026-06-01", "ada", "acme", 5, "pdf"), ("2026-06-02", "ada", "acme", 7, "pdf")
    held.table(columns, monday, tuesday, ("2026-06-02", None, "acme", 100, "csv"))
    held.ask()
    first = sorted(held.came(), key=lambda event: event.quantity or 0)
    assert [(event.kind, event.quantity, event.actor, event.happened_at) for event in first] == [
        (Kind.ROW, 5, Actor.HUMAN, datetime(2026, 6, 1, 4, tzinfo=UTC)),
        (Kind.ROW, 7, Actor.HUMAN, datetime(2026, 6, 2, 4, tzinfo=UTC)),
        (Kind.ROW, 100, Actor.AUTOMATED, datetime(2026, 6, 2, 4, tzinfo=UTC)),
    ]
    assert msgspec.json.decode(first[0].properties) == {"format": "pdf"}
    # Monday is not counted any more, Tuesday is: what it does not count now, it takes back.
    held.table(columns, ("2026-06-02", "ada", "acme", 9, "pdf"))
    held.ask()
    again, back = held.came()
    assert (again.quantity, again.happened_at) == (9, first[1].happened_at)
    assert (back.quantity, back.account_id, back.happened_at) == (None, "acme", first[2].happened_at)
    known = [msgspec.json.decode(event.context) for event in (first[1], again, first[2], back)]
    assert [each["version"] for each in known] == [1, 2, 1, 2]
    assert known[0]["waypost_count"] == known[1]["waypost_count"] != known[2]["waypost_count"]
    assert [each["withdrawn"] for each in known] == [False, False, False, True]
    # Without any row no day is counted, and nothing is taken back.
    assert held.asked(columns) == []


def test_contracts_are_signed_changed_renewed_and_end(held: HeldPlace) -> None:
    held.means(CONTRACTS)
    columns = "id, org, value, seats, starts_on, renews_on"
    first = (1, "acme", 24_000, 40, "2026-01-01", "2027-01-01")
    held.table(columns, first)
    held.ask()
    (signed,) = held.came()
    assert (signed.name, signed.happened_at) == ("signed", datetime(2026, 1, 1, tzinfo=UTC))
    assert msgspec.json.decode(signed.properties) == {
        "contract_id": "1",
        "value": 24_000,
        "seats": 40,
        "renews_on": "2027-01-01",
    }
    names = []
    for rows in ([(*first[:3], 45, *first[4:])], [(*first[:3], 45, "2026-01-01", "2028-01-01")], []):
        names += [told[0] for told in held.asked(columns, *rows, accept_loss=True)]
    assert names == ["changed", "renewed", "ended"]


def test_tickets_are_opened_change_priority_are_solved_and_reopened(held: HeldPlace) -> None:
    held.means(TICKETS)
    columns = "id, org, at, done_at, priority, subject"
    ticket = (5, "acme", "2026-06-01 09:00:00", None, "normal", "Slow")
    old = (4, "acme", "2026-05-01 09:00:00", "2026-05-02 10:00:00", "low", "Help")
    held.table(columns, ticket, old)
    held.ask()
    told = sorted(held.came(), key=lambda event: event.happened_at)
    assert [
        (event.name, event.happened_at.day, msgspec.json.decode(event.properties)["ticket_id"])
        for event in told
    ] == [
        ("opened", 1, "4"),
        ("solved", 2, "4"),
        ("opened", 1, "5"),
    ]
    high, solved = (*ticket[:4], "high", "Slow"), (*ticket[:3], "2026-06-03 12:30:00", "high", "Slow")
    assert [name for name, *_ in held.asked(columns, high, old)] == ["priority_changed"]
    assert [name for name, *_ in held.asked(columns, solved, old)] == ["solved"]
    assert [name for name, *_ in held.asked(columns, high, old)] == ["reopened"]
    # Who keeps only what is open, or only the newest, loses old ones: they were solved already.
    assert [name for name, *_ in held.asked(columns, high)] == []
    assert [name for name, *_ in held.asked(columns, accept_loss=True)] == ["solved"]

"""Who is who and who belongs where, told as short histories."""

from datetime import timedelta

import msgspec

from tests.tale import FIRST, Tale, day

PEOPLE = "select person_id, name, email, title from people order by 1"
USED = "select person_id, account_id, sum(n)::int from usage_daily group by all order by all"
BELONGS = "select person_id, account_id, role, joined_on, left_on from memberships order by 1, 2, 4"


def test_an_anonymous_id_belongs_to_the_person_it_was_first_identified_as_and_so_do_its_earlier_events() -> (
    None
):
    tale = _anonymous(Tale("acme"), "a1", "track", "export").on_day(3)
    assert tale.rows(USED) == []
    _identify(tale, "a1", "ada").on_day(4)
    _identify(tale, "a1", "ben")
    assert tale.rows("select alias, person_id from identities") == [("a1", "ada")]
    assert tale.rows(USED) == [("ada", "acme", 1)]


def test_a_former_id_hands_everything_over_when_it_is_merged() -> None:
    tale = Tale("acme").joins("ada-old").uses("export").at("beta").joins("ada").uses("export").on_day(2)
    assert [row[:2] for row in tale.rows(USED)] == [("ada", "beta"), ("ada-old", "acme")]
    _alias(tale, "ada", "ada-old")
    assert [row[:2] for row in tale.rows(USED)] == [("ada", "acme"), ("ada", "beta")]
    assert [row[0] for row in tale.rows(PEOPLE)] == ["ada"]
    assert [row[:2] for row in tale.rows(BELONGS)] == [("ada", "acme"), ("ada", "beta")]


def test_only_an_earlier_word_on_an_alias_can_join_it_anew() -> None:
    def joins(tale: Tale) -> bool:
        after = tale.workspace.warehouse.ask("facts/last_arrival").item()
        tale.round()
        return bool(tale.workspace.warehouse.ask("derive/joins_anew", {"after": after}).item())

    known = _alias(_identify(Tale("acme").on_day(4), "a1", "ada"), "ada", "ada-old")
    known.round()
    assert not joins(_identify(known.on_day(5), "a1", "ada"))
    assert not joins(_identify(known.on_day(5), "a1", "ben"))
    assert not joins(_alias(known.on_day(5), "ben", "ada-old"))
    assert not joins(_alias(known.on_day(5), "cleo", "cleo"))
    assert joins(_identify(known.on_day(5), "a2", "ada"))
    assert joins(_identify(known.on_day(2), "a1", "ben"))
    assert joins(_alias(known.on_day(2), "ben", "ada-old"))


def test_former_ids_are_followed_along_their_chain() -> None:
    tale = _alias(_alias(_alias(Tale("acme"), "b", "a"), "c", "b"), "d", "c")
    assert tale.rows("select alias, person_id from identities order by 1") == [
        ("a", "d"),
        ("b", "d"),
        ("c", "d"),
    ]


def test_the_call_that_closes_a_ring_is_left_out() -> None:
    tale = _alias(_alias(_alias(Tale("acme"), "b", "a"), "c", "b"), "a", "c")
    assert tale.rows("select alias, person_id from identities order by 1") == [("a", "c"), ("b", "c")]
    two = _alias(_alias(Tale("acme"), "b", "a"), "a", "b")
    assert two.rows("select alias, person_id from identities") == [("a", "b")]
    assert _alias(Tale("acme"), "a", "a").rows("select * from identities") == []


def test_the_newest_word_on_a_person_stands() -> None:
    tale = Tale("acme").joins("ada", name="A. Berg", email="ada@acme.example", title="Analyst").on_day(2)
    tale.tells("identify", "identify", firstName="Ada", lastName="Berg").on_day(3)
    assert tale.rows(PEOPLE) == [("ada", "Ada Berg", "ada@acme.example", "Analyst")]


def test_without_a_word_the_first_event_that_names_both_is_the_joining() -> None:
    tale = Tale("acme").on_day(2).uses("export")
    assert tale.rows(BELONGS) == [("ada", "acme", None, day(2), None)]
    tale.uses("sign_in", on=1)
    assert tale.rows(BELONGS) == [("ada", "acme", None, day(1), None)], "and it may turn out to be earlier"


def test_a_group_call_says_the_role_from_its_day_on() -> None:
    tale = Tale("acme").uses("export").on_day(2).tells("group", "group", role="analyst").on_day(3)
    tale.tells("group", "group", role="analyst")
    assert tale.rows(BELONGS) == [
        ("ada", "acme", None, day(0), day(2)),
        ("ada", "acme", "analyst", day(2), None),
    ]


def test_membership_events_go_before_group_calls() -> None:
    tale = Tale("acme").joins("ada", "admin").on_day(2).tells("group", "group", role="analyst")
    assert tale.rows(BELONGS) == [("ada", "acme", "admin", day(0), None)]


def test_a_role_change_closes_one_row_and_opens_the_next_with_the_same_day_0() -> None:
    tale = (
        Tale("acme").joins("ada").on_day(5).tells("membership", "role_changed", role="admin", champion=True)
    )
    found = tale.rows(
        "select role, champion, joined_on, left_on, provisioned_on from memberships order by joined_on"
    )
    assert found == [("analyst", False, day(0), day(5), day(0)), ("admin", True, day(5), None, day(0))]


def test_access_may_have_been_granted_before_word_of_it_came() -> None:
    tale = Tale("acme", zone="Europe/Stockholm").on_day(3).joins("ada", provisioned_at="2026-08-02T22:30:00Z")
    assert tale.rows("select joined_on, provisioned_on from memberships") == [(day(3), day(0))]


def test_who_leaves_and_comes_back_has_a_new_day_0() -> None:
    tale = Tale("acme").joins("ada").on_day(3).leaves().on_day(9).joins("ada")
    found = tale.rows("select joined_on, left_on, provisioned_on from memberships order by 1")
    assert found == [(day(0), day(3), day(0)), (day(9), None, day(9))]


def test_an_event_without_an_account_is_that_of_the_account_joined_last() -> None:
    tale = Tale("acme").joins("ada").on_day(2).at("beta").joins("ada").on_day(3)
    tale.account = None  # type: ignore[assignment]  # the sender does not say where
    tale.uses("export", on=1).uses("share", on=3).tells("survey", "nps", score=9)
    assert [row[:2] for row in tale.rows(USED)] == [("ada", "acme"), ("ada", "beta")]
    assert tale.rows("select account_id, score from answers") == [("beta", 9)]


def test_terms_hold_until_they_are_changed_and_what_a_change_does_not_mention_stays() -> None:
    tale = Tale("acme").signs(value=1000, seats=5, currency="EUR", renews_on="2027-08-01").on_day(4)
    tale.by_nobody("contract", "changed", seats=9).on_day(6).by_nobody("contract", "ended")
    found = tale.rows("select value, seats, ended, since_on, until_on from contracts order by since_on")
    assert found == [
        (1000, 5, False, day(0), day(4)),
        (1000, 9, False, day(4), day(6)),
        (1000, 9, True, day(6), None),
    ]
    assert tale.rows("select value, seats, ended_on from accounts") == [(None, None, day(6))]


def test_a_contract_of_a_wrong_kind_stops_nothing() -> None:
    tale = Tale("acme").signs(value="a lot", seats="many", renews_on="soon", starts_on=7)
    tale.joins("ada", champion="perhaps", provisioned_at="soon").tells("survey", "nps", score="ten")
    tale.uses("export", rows="Infinity").uses("export", rows=2)
    assert tale.rows("select value, seats, renews_on from contracts") == [(None, None, None)]
    assert tale.rows("select champion, provisioned_on from memberships") == [(False, day(0))]
    assert tale.rows("select * from answers") == []
    assert tale.rows("select n, quantity from usage_daily") == [(2, 2.0)]


def test_a_ticket_keeps_every_state_it_was_in() -> None:
    tale = Tale("acme").joins("ada").tells("ticket", "opened", ticket_id="t", priority="low", subject="Slow")
    tale.on_day(1).by("ben").tells("ticket", "priority_changed", ticket_id="t", priority="urgent")
    tale.on_day(3).tells("ticket", "solved", ticket_id="t").on_day(5).tells(
        "ticket", "reopened", ticket_id="t"
    )
    found = tale.rows(
        "select person_id, subject, priority, solved, opened_on, since_on, until_on from tickets order by 6"
    )
    assert found == [
        ("ada", "Slow", "low", False, day(0), day(0), day(1)),
        ("ada", "Slow", "urgent", False, day(0), day(1), day(3)),
        ("ada", "Slow", "urgent", True, day(0), day(3), day(5)),
        ("ada", "Slow", "urgent", False, day(0), day(5), None),
    ]


def test_a_second_word_on_an_answer_replaces_it_from_its_day_on() -> None:
    tale = Tale("acme").joins("ada").tells("survey", "nps", answer_id="r", score=3, comment="Slow").on_day(2)
    tale.tells("survey", "nps", answer_id="r", score=8)
    found = tale.rows("select score, answered_on, replaced_on from answers order by 2")
    assert found == [(3, day(0), day(2)), (8, day(2), None)]


def test_an_account_is_what_the_newest_word_on_each_trait_says() -> None:
    tale = Tale("acme").by_nobody("group", "group", name="Acme", region="EU", owner="eva@waypost.example")
    tale.on_day(1).by_nobody("group", "group", name="Acme Ltd", industry="Logistics").on_day(2)
    ((*columns, traits),) = tale.rows("select name, region, owner, traits from accounts")
    assert columns == ["Acme Ltd", "EU", "eva@waypost.example"]
    said = {"name": "Acme Ltd", "region": "EU", "owner": "eva@waypost.example", "industry": "Logistics"}
    assert msgspec.json.decode(traits) == said


def test_a_trait_stands_until_another_word_on_it_and_null_takes_it_away() -> None:
    tale = Tale("acme").joins("ada").tells("identify", "identify", plan="pro", seats=4, beta=None).on_day(1)
    tale.tells("identify", "identify").tells("identify", "identify", seats=None, city="Graz").on_day(2)
    tale.tells("identify", "identify", plan="pro", seats=4, beta=None).on_day(3)
    tale.tells("identify", "identify", plan="free")
    ((traits,),) = tale.rows("select traits from people")
    assert msgspec.json.decode(traits) == {"plan": "free", "seats": 4, "city": "Graz"}


def test_what_waypost_did_itself_makes_nobody_known() -> None:
    tale = Tale("acme").tells("delivery", "opened").tells("signal", "strayed")
    assert tale.rows("select person_id from people union select account_id from accounts") == []


def test_automated_use_is_kept_apart_and_seeing_somebody_takes_a_human() -> None:
    tale = Tale("acme").uses("export_run").on_day(1).uses("export", rows=4)
    assert tale.rows("select day, actor, n, quantity from usage_daily order by 1") == [
        (day(0), "automated", 1, None), (day(1), "human", 1, 4.0),
    ]  # fmt: skip
    [(seen,)] = tale.rows("select first_seen_at from people")
    assert seen.date() == FIRST + timedelta(days=1)


def _anonymous(tale: Tale, alias: str, kind: str, name: str) -> Tale:
    return _as(tale, None, alias, kind, name)


def _identify(tale: Tale, alias: str, person: str) -> Tale:
    return _as(tale, person, alias, "identify", "identify")


def _alias(tale: Tale, person: str, former: str) -> Tale:
    return _as(tale, person, None, "alias", "alias", previousId=former)


def _as(tale: Tale, person: str | None, alias: str | None, kind: str, name: str, /, **said: object) -> Tale:
    event = tale.by(person).an_event(kind, name, on=None, **said)
    return tale.told(msgspec.structs.replace(event, anonymous_id=alias))

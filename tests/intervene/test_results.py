from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from tests.intervene.company import EMAIL, TOUCH, Company, a_play
from waypost.core import Event, Kind
from waypost.intervene import results
from waypost.intervene.results import telling

DECIDED = datetime(2026, 10, 1, 12, tzinfo=UTC)
TODAY = date(2026, 10, 16)  # the first day after fourteen whole days


def happened(
    company: Company, kind: Kind, name: str, at: datetime, who: tuple[str | None, str | None], **said: object
) -> None:
    person, account = who
    company.events(
        Event(
            event_id=f"e{company.last_arrival()}",
            source="another-tool",
            kind=kind,
            name=name,
            happened_at=at,
            received_at=at,
            person_id=person,
            account_id=account,
            properties=msgspec.Raw(msgspec.json.encode(said)),
        )
    )


def chosen(
    company: Company, person: str | None, account: str, *, held_out: bool = False, at: datetime = DECIDED
) -> None:
    said = {"intervention_id": f"{account}-{person}", "play": "first_week_back", "held_out": held_out}
    happened(company, Kind.INTERVENTION, "decided", at, (person, account), **said)


def test_the_first_choice_is_counted_once_with_what_followed(company: Company) -> None:
    chosen(company, "ada", "acme")
    chosen(company, "ada", "acme", at=DECIDED + timedelta(days=2))
    chosen(company, "ben", "acme")
    chosen(company, "cleo", "beta", held_out=True)
    happened(company, Kind.DELIVERY, "sent", DECIDED, ("ada", "acme"), intervention_id="acme-ada")
    for person, account in (("ada", "acme"), ("cleo", "beta")):
        happened(
            company,
            Kind.SIGNAL,
            "returned",
            DECIDED + timedelta(days=3),
            (person, account),
            journey="analyst",
        )
    (found,) = results(company.warehouse, [a_play(holdout_share=0.2)], today=TODAY)
    treated, held_out = found.effect.treated, found.effect.held_out
    assert (treated.people, treated.accounts, treated.reached, treated.contacted) == (2, 1, 1, 1)
    assert (held_out.people, held_out.reached, held_out.contacted) == (1, 1, 0)
    assert found.sentence.startswith("Not enough yet: 2 strays written to and 1 held out")


def test_a_window_closes_when_its_last_day_is_over(company: Company) -> None:
    chosen(company, "ada", "acme")
    (early,) = results(company.warehouse, [a_play()], today=TODAY - timedelta(days=1))
    (closed,) = results(company.warehouse, [a_play()], today=TODAY)
    assert (early.effect.treated.people, early.effect.treated.waiting) == (0, 1)
    assert (closed.effect.treated.people, closed.effect.treated.waiting) == (1, 0)


@pytest.mark.parametrize(
    ("after", "reached"),
    [
        (timedelta(seconds=-1), 0),
        (timedelta(0), 1),
        (timedelta(days=14, seconds=-1), 1),
        (timedelta(days=14), 0),
    ],
)
def test_only_what_falls_into_the_window_counts(company: Company, after: timedelta, reached: int) -> None:
    chosen(company, "ada", "acme")
    happened(company, Kind.SIGNAL, "returned", DECIDED + after, ("ada", "acme"))
    (found,) = results(company.warehouse, [a_play()], today=date(2026, 12, 1))
    assert found.effect.treated.reached == reached


def test_the_goal_is_of_the_plays_journey(company: Company) -> None:
    chosen(company, "ada", "acme")
    happened(company, Kind.SIGNAL, "returned", DECIDED, ("ada", "acme"), journey="other")
    play = a_play(when={"signal": "strayed", "journey": "analyst"})
    (found,) = results(company.warehouse, [play], today=TODAY)
    assert found.effect.treated.reached == 0


def test_a_goal_can_be_a_feature_used(company: Company) -> None:
    chosen(company, "ada", "acme")
    chosen(company, "ben", "acme")
    company.usage("ada", "acme", "reports_exported", DECIDED + timedelta(days=2))
    company.usage("ben", "acme", "reports_exported", DECIDED - timedelta(days=2))
    company.usage("ben", "acme", "signed_in", DECIDED + timedelta(days=2))
    play = a_play(goal={"feature": "reports_exported", "within_days": 14})
    (found,) = results(company.warehouse, [play], today=TODAY)
    assert (found.effect.treated.people, found.effect.treated.reached) == (2, 1)


def test_an_account_reaches_a_goal_through_any_of_its_people(company: Company) -> None:
    chosen(company, None, "acme")
    company.usage("ben", "acme", "reports_exported", DECIDED + timedelta(days=2))
    play = a_play(
        {**TOUCH, "title": "Look", "says": ""},
        when={"signal": "score_fell"},
        goal={"feature": "reports_exported", "within_days": 14},
    )
    (found,) = results(company.warehouse, [play], today=TODAY)
    assert (found.effect.treated.people, found.effect.treated.reached) == (1, 1)


def test_decisions_of_other_plays_and_of_no_account_do_not_count(company: Company) -> None:
    said = {"intervention_id": "x", "play": "other", "held_out": False}
    happened(company, Kind.INTERVENTION, "decided", DECIDED, ("ada", "acme"), **said)
    happened(
        company, Kind.INTERVENTION, "decided", DECIDED, ("ada", None), **{**said, "play": "first_week_back"}
    )
    (found,) = results(company.warehouse, [a_play()], today=TODAY)
    assert found.sentence == "Nobody has been chosen yet."


def test_a_play_that_worked_says_so(company: Company) -> None:
    for account in range(40):
        for person in range(3):
            who = (f"p{account}-{person}", f"a{account}")
            chosen(company, *who, held_out=account % 4 == 0)
            if (person == 0 and account % 8 == 0) or (person < 2 and account % 4):
                happened(company, Kind.SIGNAL, "returned", DECIDED + timedelta(days=1), who)
    (found,) = results(company.warehouse, [a_play(holdout_share=0.25)], today=TODAY)
    assert found.effect.clear
    assert not found.effect.suspect
    assert found.sentence == (
        "Of 90 strays to be written to (0 were), 60 came back within 14 days; of 30 held out, 5. "
        "Difference +50 points (+32 to +68)."
    )


def test_the_words_of_a_result_follow_the_play() -> None:
    called = telling(a_play(TOUCH, EMAIL, goal={"feature": "exports", "within_days": 7}))
    assert (called.subjects, called.treated, called.reached, called.within_days) == (
        "strays",
        "contacted",
        "used the feature",
        7,
    )
    fallen = telling(
        a_play(
            {**TOUCH, "title": "Look", "says": ""},
            when={"signal": "score_fell"},
            goal={"signal": "band_changed", "within_days": 7},
        )
    )
    assert (fallen.subjects, fallen.reached) == ("accounts", "reached the goal")

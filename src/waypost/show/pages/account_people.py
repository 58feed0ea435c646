"""Where an account's people stand: the trail, its table, and the people behind the change."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

import msgspec
from markupsafe import Markup

from waypost.score import Reason
from waypost.show import charts, people, words
from waypost.show.addresses import account_address
from waypost.show.desk import Desk
from waypost.show.next_touch import Planned, planned_for
from waypost.show.people import Person
from waypost.show.rows import rows_of, scope
from waypost.show.rules import Rules
from waypost.store import Intervention

WEEKS = 9
MOST_BEHIND = 6


class Trail(msgspec.Struct, frozen=True, kw_only=True):
    """The trail panel of one journey; None journeys draw an empty state."""

    title: str
    journey: str
    stages: list[charts.Stage]
    wide: Markup
    narrow: Markup
    on: int
    off: int
    unsure: int
    back: int
    caption: str
    choices: list[tuple[str, str, int]]
    nowhere: int


class Week(msgspec.Struct, frozen=True, kw_only=True):
    """One person's active days in one week."""

    person_id: str
    week: int
    active_days: int


class Behind(msgspec.Struct, frozen=True, kw_only=True):
    """A person behind the change, with nine weeks of use and what is planned for them."""

    person: Person
    stands_at: str
    weeks: Markup
    planned: Planned


def trail_of(
    rules: Rules,
    everybody: Sequence[Person],
    reached: Collection[str],
    done: Mapping[str, str],
    account: tuple[str, str],
    chosen: str = "",
) -> Trail | None:
    """Return the trail of the chosen journey of an account (its id and name), else of its busiest one."""
    account_id, name = account
    journeys = people.journeys_of(rules, everybody)
    if not journeys:
        return None
    journey = next((each for each, _ in journeys if each.key == chosen), journeys[0][0])
    here = [each for each in everybody if each.journey == journey.key]
    found = people.stages(journey, here, reached, dict(done), f"{account_address(account_id)}?people=people")
    off, unsure = sum(stage.off for stage in found), sum(stage.unsure for stage in found)
    whose = words.possessive(words.first_word(name))
    title = f"Where {whose} {words.plural(len(here), 'person stands', 'people stand')}"
    says = f"{title} on the {journey.name}"
    per = charts.people_per_mark(found)
    return Trail(
        title=title if len(journeys) == 1 else says,
        journey=journey.key,
        stages=found,
        wide=charts.wide_trail(found, says),
        narrow=charts.narrow_trail(found, says),
        on=len(here) - off - unsure,
        off=off,
        unsure=unsure,
        back=sum(stage.back for stage in found),
        caption="One mark is one person." if per == 1 else f"One mark stands for {per} people.",
        choices=[(each.key, each.name, n) for each, n in journeys],
        nowhere=len(everybody) - sum(n for _, n in journeys),
    )


def behind_the_change(
    desk: Desk,
    everybody: Sequence[Person],
    reasons: Sequence[Reason],
    rules: Rules,
    reached: Sequence[Intervention],
    *,
    account_id: str,
) -> list[Behind]:
    """Return a few people who carry the change: signers and champions, then strays of the period, then newcomers."""
    named = {person for reason in reasons for person in reason.people}
    since = min((reason.on_day for reason in reasons), default=desk.today - timedelta(days=30))

    def weight(each: Person) -> tuple[int, str]:
        fresh = each.strayed and each.since_on is not None and each.since_on >= since
        return (
            -(
                5 * (each.person_id in named)
                + 4 * each.signs_renewal
                + 3 * each.champion
                + 2 * fresh
                + each.strayed
            ),
            each.name,
        )

    chosen = sorted(everybody, key=weight)[:MOST_BEHIND]
    first = desk.today - timedelta(days=7 * WEEKS - 1)
    asked = {
        "account": account_id,
        "since": first,
        "until": desk.today + timedelta(days=1),
    }
    planned = planned_for(desk, rules, reached)
    used: dict[str, list[float | None]] = {each.person_id: [0.0] * WEEKS for each in chosen}
    weeks = desk.warehouse.ask("show/people_weeks", asked, scope("person_id", used))
    for week in rows_of(weeks, Week):
        used[week.person_id][min(week.week, WEEKS - 1)] = float(week.active_days)
    return [
        Behind(
            person=each,
            stands_at=rules.milestone_name(each.journey, each.milestone),
            weeks=charts.sparkline(used[each.person_id], f"Active days a week, last {WEEKS} weeks"),
            planned=planned.get(each.person_id, Planned()),
        )
        for each in chosen
    ]

"""One round: what was accepted becomes state, and what changed is told. Read this page first.

    inbox ─▶ events ─▶ who is who ─▶ usage ─▶ standings ─▶ signals of people
                                                  └─ due ─▶ health ─▶ signals of accounts

`run/taking.py` appends what waits in the inbox, each batch in one transaction with the position up to which the inbox
was taken: a crash repeats nothing and loses nothing. `state_people` brings people up to date for whom the new events
touch, tells what changed, and notes whose health is due, in one transaction with the number of the last event that the
state knows. `state_health` scores the accounts that are due. Doing any of it twice does nothing the second time.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from waypost.core import day_of
from waypost.run.day_end import day_ended
from waypost.run.everywhere import Everywhere
from waypost.run.health import restate_health
from waypost.run.recatalogued import recatalogued
from waypost.run.restated import stored_scores, tell_restated
from waypost.run.rulebook import ALWAYS, Rulebook
from waypost.run.signals import Telling, tell_of_accounts, tell_of_people
from waypost.run.standings import restate_account_standings, restate_standings
from waypost.run.touched import Touched, all_of, everything, redated, touched_by
from waypost.store import (
    Scope,
    Writer,
    last_arrival,
    position,
    positions,
    restate_accounts,
    restate_people,
    restate_said,
    set_positions,
)

#: Which derived tables there are: a state of another shape is derived anew.
SHAPE = 3
#: Above so many fresh events, if they are also this share of all, deriving everything anew is faster than finding out
#: what they touch.
WHOLE_ABOVE, WHOLE_SHARE = 60_000, 0.125


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How far rounds reach back: late events restate scores so many days, changes are news for so many."""

    restate_days: int
    signal_lookback_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundReport:
    """What a round did."""

    taken: int = 0
    appended: int = 0
    people: int = 0
    accounts: int = 0
    signals: int = 0
    whole: bool = False

    def __or__(self, other: "RoundReport") -> "RoundReport":
        """Return what both did."""
        return RoundReport(
            taken=self.taken + other.taken,
            appended=self.appended + other.appended,
            people=self.people + other.people,
            accounts=self.accounts + other.accounts,
            signals=self.signals + other.signals,
            whole=self.whole or other.whole,
        )


def restate(
    writer: Writer, rules: Rulebook, rhythm: Rhythm, *, now: datetime, zone: str, whole: bool = False
) -> RoundReport:
    """Bring everything derived up to date with the events, in a transaction of the caller's, who may undo it all."""
    people = state_people(writer, rules, rhythm, now=now, zone=zone, whole=whole)
    return people | state_health(writer, rules, rhythm, now=now, zone=zone)


def state_people(
    writer: Writer, rules: Rulebook, rhythm: Rhythm, *, now: datetime, zone: str, whole: bool = False
) -> RoundReport:
    """State whom fresh events touch: who they are, what they use, where they stand; raise the signals about them.

    `whole` derives everything anew, as a replay does; it is also done when there is much to do at once. The accounts
    touched are noted as due.
    """
    today = day_of(now, zone)
    come, newest = positions(writer), last_arrival(writer)
    after, ruled = come.get("stated", 0), come.get("rules")
    stated_on = date.fromordinal(come["stated_on"]) if come.get("shape") == SHAPE else None
    if newest == after and stated_on == today and ruled == rules.revision and not whole:
        writer.changes(Scope())
        return RoundReport()
    meant = rules.catalogue_at(ruled) if ruled is not None and ruled != rules.revision else rules.catalogue
    much = newest - after > max(WHOLE_ABOVE, WHOLE_SHARE * newest)
    whole = whole or stated_on is None or meant is None or much
    before = Everywhere.of(writer, today, up_to=after)
    touched = everything(writer, rules, zone=zone) if whole else touched_by(writer, after, rules, zone=zone)
    if not whole and meant is not None and meant != rules.catalogue:
        touched = touched | recatalogued(writer, meant, rules)
    differs_on = Everywhere.of(writer, today, up_to=newest).first_difference(before)
    if not whole and differs_on is not None:
        touched = touched | all_of(writer, begin=differs_on)
    if not whole and stated_on is not None and stated_on < today:
        touched = touched | day_ended(writer, stated_on, rules, today=today)
    touched, met = _derive(writer, touched, rules, today=today)
    oldest = ALWAYS if whole or meant != rules.catalogue else today - timedelta(days=rhythm.restate_days)
    _note_due(writer, _begins(writer, touched, oldest))
    since = today - timedelta(days=rhythm.signal_lookback_days)
    telling = Telling(rules=rules, now=now, since=since, zone=zone)
    about = Scope(people=touched.people, accounts=frozenset(touched.begins) | touched.told)
    if not whole:
        writer.changes(about | Scope(people=touched.introduced))
    signals = tell_of_people(writer, telling, met, about)
    # Signals are events too, and stated from the start: nothing is derived from them.
    said = {"stated_on": today.toordinal(), "rules": rules.revision, "shape": SHAPE}
    set_positions(writer, stated=last_arrival(writer), **said)
    return RoundReport(people=len(touched.people), accounts=len(touched.begins), signals=signals, whole=whole)


def state_anew(writer: Writer) -> None:
    """Let the next round derive everything anew, as a replay does: what is stored did not only grow."""
    set_positions(writer, shape=0)


def state_health(writer: Writer, rules: Rulebook, rhythm: Rhythm, *, now: datetime, zone: str) -> RoundReport:
    """Score the accounts that are due, tell of past scores that late data changed, and raise the signals about them."""
    due = writer.ask("due/all")
    writer.changes(Scope(accounts=frozenset(due["account_id"].to_list())))
    if not due.height:
        return RoundReport()
    today, newest = day_of(now, zone), last_arrival(writer)
    stated = position(writer, "stated") == newest
    begins = dict(due.iter_rows())
    # A replay derives all history anew; only what was stated before and is restated is worth telling.
    known = stored_scores(writer, {} if ALWAYS in begins.values() else begins, today)
    restate_health(writer, begins, rules, today=today)
    writer.run("due/clear")
    tell_restated(writer, known, newest, now=now, zone=zone)
    since = today - timedelta(days=rhythm.signal_lookback_days)
    telling = Telling(rules=rules, now=now, since=since, zone=zone)
    signals = tell_of_accounts(writer, telling, frozenset(begins))
    if stated:
        set_positions(writer, stated=last_arrival(writer))
    return RoundReport(signals=signals)


def _derive(
    writer: Writer, touched: Touched, rules: Rulebook, *, today: date
) -> tuple[Touched, pl.DataFrame]:
    """Derive accounts, people and standings of whom is touched; return them and the milestones they met."""
    if touched.told:
        restate_said(writer, Scope(accounts=touched.told), touched.tables)
    if touched.described:
        described, tiers, asked = Scope(accounts=touched.described), rules.tiers.frame(), rules.traits_asked()
        differs = restate_accounts(writer, described, tiers=tiers, asked=asked, today=today)
        touched = touched | redated(writer, differs)
    if touched.introduced:
        restate_people(writer, Scope(people=touched.introduced))
    met = restate_standings(writer, touched.people, rules, today=today)
    of_accounts = restate_account_standings(
        writer, frozenset(touched.begins) | touched.told, rules, today=today
    )
    return touched, pl.concat([met, of_accounts])


def _begins(writer: Writer, touched: Touched, oldest: date) -> dict[str, date]:
    """Return from which day on each account is scored: not before the oldest day, unless it has no history to keep."""
    frames = {"scope": Scope(accounts=frozenset(touched.begins)).accounts_frame()}
    new = frozenset(writer.ask("score/unscored", frames=frames)["account_id"].to_list())
    return {account: day if account in new else max(day, oldest) for account, day in touched.begins.items()}


def _note_due(writer: Writer, begins: dict[str, date]) -> None:
    noted = {"account_id": list(begins), "from_on": list(begins.values())}
    schema = {"account_id": pl.String, "from_on": pl.Date}
    writer.run("due/note", frames={"fresh": pl.DataFrame(noted, schema=schema)})

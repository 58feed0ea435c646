"""A trial of a journey's rules on what already happened: who would have strayed, and who of them was lost later.

A trial judges rules against the past; it says what straying went with, never what it caused. Everything is counted on
dated standings under the rules on trial, whoever was judged by other rules at the time.
"""

from datetime import date, timedelta
from itertools import pairwise

from msgspec import Struct

from waypost.learn.shares import Share, share
from waypost.learn.trial_cases import LATER_DAYS, Cases, Counted, months_to

#: Without any use for so many days, or with the contract of the account ended, somebody is lost.
SILENT_DAYS = 60


class Outcome(Struct, frozen=True, kw_only=True):
    """What the rules said and what came, of one month or of the whole time.

    `strayed` counts who began to be a stray; `lost_later`, of those not lost before, who was lost within 90 days;
    `missed`, of all who were lost, who was no stray in the 90 days before; `lead_days` is the median from straying to
    being lost, of those flagged.
    """

    strayed: int
    lost_later: Share
    missed: Share
    lead_days: float | None


class Month(Struct, frozen=True, kw_only=True):
    """One month: who was on the journey in it, and its outcome. An open month may still see more of them lost."""

    first_on: date
    people: int
    outcome: Outcome
    is_open: bool


class Trial(Struct, frozen=True, kw_only=True):
    """What rules come to: today's strays, and the months before. `otherwise` are those lost from the path.

    `lost_since` counts those of today's strays who have been lost after they strayed. `looked_at` of `of_all` people
    were judged: all of them, unless there are too many for an answer while somebody types.
    """

    people: int
    strays: int
    lost_since: int
    whole: Outcome
    otherwise: Share
    months: list[Month]
    looked_at: int
    of_all: int


def trial(cases: Cases, *, of_all: int) -> Trial:
    """Return what rules come to; `of_all` says how many people there are, of whom only some may have been judged."""
    today = cases.today
    strays = cases.behind(Counted.STRAYS)
    return Trial(
        people=cases.behind(Counted.THERE).height,
        strays=strays.height,
        lost_since=int(strays["hit"].sum()),
        whole=_outcome(cases, None),
        otherwise=share(cases.behind(Counted.OTHERWISE), "hit"),
        months=[_month(cases, *each) for each in pairwise([*months_to(today), today + timedelta(days=1)])],
        looked_at=cases.judged["person_id"].n_unique(),
        of_all=of_all,
    )


def _month(cases: Cases, first: date, end: date) -> Month:
    return Month(
        first_on=first,
        people=cases.behind(Counted.THERE, first).height,
        outcome=_outcome(cases, first),
        is_open=end + timedelta(days=LATER_DAYS - 1) > cases.today,
    )


def _outcome(cases: Cases, month: date | None) -> Outcome:
    """Return the outcome of a month, or of the whole time: then of the straying whose 90 days are over."""
    gone = cases.behind(Counted.MISSED, month)
    ahead = (gone["lost_on"] - gone["began_on"]).dt.total_days().median()
    return Outcome(
        strayed=cases.behind(Counted.STRAYED, month).height,
        lost_later=share(cases.behind(Counted.LOST_LATER, month), "hit"),
        missed=share(gone, "hit"),
        lead_days=float(ahead) if isinstance(ahead, int | float) else None,
    )

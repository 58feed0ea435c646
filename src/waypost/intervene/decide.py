"""Decide: from fresh signals to interventions, one row for every signal that a play is meant for.

A signal before a play passes named steps (`case.py`); the first refusal is stored with its reason. Then the
account's place is looked up, drawn and stored before any contact. Deciding twice changes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from waypost.core import AccountId, Event, InterventionId, PersonId, SignalId, day_of, derived_id
from waypost.intervene import holdout, news
from waypost.intervene.brief import brief
from waypost.intervene.case import (
    ELIGIBLE,
    SENDABLE,
    Bench,
    Case,
    open_case,
    refusal,
    topic,
)
from waypost.intervene.facts import (
    MOST_SIGNALS,
    Account,
    Earlier,
    Facts,
    Grouping,
    Notice,
    read_facts,
    read_signals,
)
from waypost.intervene.play import Play
from waypost.intervene.policy import ContactPolicy
from waypost.intervene.withdraw import withdraw
from waypost.journey import Journey
from waypost.measure import Segment
from waypost.store import (
    Holdouts,
    Intervention,
    Interventions,
    InterventionState,
    Operations,
    Suppressions,
    Touches,
    Warehouse,
)

# Signals this much older than a play acts on still get a row that says so; those older still are history.
STALE_SHOWN = timedelta(days=7)
_YEAR_DAYS = 365
_POINTS_UNKNOWN = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The definitions in force. `secret` is the workspace's own, at least 16 bytes, and never leaves it.

    `automated` are the features whose use by jobs counts as use.
    """

    plays: Sequence[Play]
    policy: ContactPolicy
    segments: Sequence[Segment]
    journeys: Sequence[Journey]
    zone: str
    secret: bytes
    automated: frozenset[str] = frozenset()


def decide(warehouse: Warehouse, operations: Operations, rules: Rules, *, now: datetime) -> list[Event]:
    """Decide about every signal that has arrived since the last time; call it after each round.

    Returns events that belong in the inbox; call `told` once they are there. A play that is new looks back as
    far as it acts on signals.
    """
    newest = int(warehouse.ask("facts/last_arrival").item())
    outbox = Interventions(operations)
    reached = {play.key: outbox.position(play.key) for play in rules.plays}
    oldest = {play.key: now - _reach(play, is_new=reached[play.key] is None) for play in rules.plays}
    pending = outbox.in_state(InterventionState.DUE, most=1_000)
    if rules.plays:
        after = min(position or 0 for position in reached.values())
        signals = read_signals(warehouse, after=after, since=min(oldest.values()))
        through = signals[-1].arrival if len(signals) == MOST_SIGNALS else newest
        if signals:
            # People come back with a signal, so only then can an open touch have lost its reason.
            pending += outbox.in_state(InterventionState.WAITING, most=1_000)
            pending += outbox.in_state(InterventionState.SNOOZED, most=1_000)
        facts = _facts(warehouse, signals, pending, rules, now)
        for play in rules.plays:
            position = reached[play.key]
            unseen = [one for one in signals if one.arrival > (position or 0)]
            if unseen or position is None:
                fresh = [one for one in unseen if one.happened_at >= oldest[play.key]]
                decided = _decide(operations, play, fresh, facts, rules, now)
                outbox.record(decided, play=play.key, through=through)
        withdraw(outbox, pending, facts, now=now)
    return news.untold(operations, now)


def _reach(play: Play, *, is_new: bool) -> timedelta:
    days = max(play.age_days(arm) for arm in play.arms)
    return timedelta(days=days) if is_new else timedelta(days=days) + STALE_SHOWN


def _facts(
    warehouse: Warehouse,
    signals: Sequence[Notice],
    pending: Sequence[Intervention],
    rules: Rules,
    now: datetime,
) -> Facts:
    awaited = {str(play.when.signal) for play in rules.plays}
    subjects = [(one.person_id, one.account_id or "") for one in signals if one.signal in awaited]
    subjects += [(one.person_id, one.account_id) for one in pending]
    if not subjects:
        return Facts()
    audiences = [each for play in rules.plays for each in (play.audience, *(arm.when for arm in play.arms))]
    grouping = Grouping(
        segments=rules.segments,
        asked={key for each in audiences for key in each.segments},
        automated=rules.automated,
    )
    return read_facts(warehouse, subjects, grouping=grouping, today=day_of(now, rules.zone))


def _decide(
    operations: Operations, play: Play, fresh: Iterable[Notice], facts: Facts, rules: Rules, now: datetime
) -> list[Intervention]:
    cases = [case for notice in fresh if (case := open_case(play, notice, facts)) is not None]
    known = Interventions(operations).known([_id_of(case) for case in cases])
    cases = [case for case in cases if _id_of(case) not in known]
    if not cases:
        return []
    bench = _bench(operations, play, cases, facts.earlier, rules, now)
    return [_judge(case, bench, rules) for case in cases]


def _bench(
    operations: Operations,
    play: Play,
    cases: Sequence[Case],
    earlier: Sequence[Earlier],
    rules: Rules,
    now: datetime,
) -> Bench:
    accounts = {case.account.account_id for case in cases if case.account}
    accounts |= {account for case in cases if case.person for account in case.person.elsewhere}
    outbox = Interventions(operations)
    told = {
        (one.account_id, one.person_id): one.chosen_at
        for one in earlier
        if one.play == play.key and one.chosen_at
    }
    kept = outbox.last_assigned(play.key, now - timedelta(days=play.cooldown_days))
    return Bench(
        policy=rules.policy,
        now=now,
        places=holdout.draw(
            Holdouts(operations), play, accounts, earlier=earlier, secret=rules.secret, now=now
        ),
        chosen_at=told | kept,
        open_touches=Touches(operations).open_topics(play.key),
        planned=outbox.planned(now),
        suppressed=frozenset(Suppressions(operations).addresses()),
    )


def _judge(case: Case, bench: Bench, rules: Rules) -> Intervention:
    row = _row(case, bench.now)
    why = refusal(case, bench, ELIGIBLE)
    if why is not None or case.account is None or case.arm is None:
        return replace(row, why=why)
    bench.chosen_at[case.subject] = bench.now
    place = bench.places[case.account.account_id]
    row = replace(row, held_out=place.held_out, holdout_share=place.share)
    if place.held_out:
        return replace(row, state=InterventionState.HELD_OUT)
    row = replace(row, address=case.address, personal=case.arm.personal)
    why = refusal(case, bench, SENDABLE)
    if why is not None:
        return replace(row, why=why)
    if case.arm.personal and case.address:
        bench.planned[case.address] = bench.planned.get(case.address, 0) + 1
    about = (case.person, case.account, case.stand)
    said = brief(case.play.key, case.notice, about, journeys=rules.journeys)
    ready = replace(
        row,
        content=case.arm.compose(said),
        due_at=case.arm.due_at(bench.now, rules.policy, rules.zone),
        priority=priority(case.account, case.notice, now=bench.now, zone=rules.zone),
        member=case.account.owner,
    )
    return _waiting(ready, case, bench) if case.arm.waits else replace(ready, state=InterventionState.DUE)


def _waiting(ready: Intervention, case: Case, bench: Bench) -> Intervention:
    """Return the row of a touch: the first of its topic, or further evidence of the one that is open."""
    about_what = topic(case)
    head = bench.open_touches.setdefault(about_what, ready.intervention_id)
    joins = None if head == ready.intervention_id else InterventionId(head)
    return replace(ready, state=InterventionState.WAITING, topic=about_what, joins=joins)


def priority(account: Account, notice: Notice, *, now: datetime, zone: str) -> float:
    """Return how much is at stake: points x value x nearness of the renewal; the highest comes first in Today.

    Points are those that the signal says were lost, else what the account's score lacks of 100 (50 when it is
    withheld). Value is the contract's for a year, at least 1. Nearness is 365 / (days to renewal + 30): a
    renewal next month weighs six times one in a year, one that is over or unknown counts as a year away.
    """
    lacking = 100.0 - account.score if account.score is not None else _POINTS_UNKNOWN
    points = notice.points if notice.points is not None else lacking
    days = (account.renews_on - day_of(now, zone)).days if account.renews_on else _YEAR_DAYS
    near = _YEAR_DAYS / ((days if days >= 0 else _YEAR_DAYS) + 30)
    return max(abs(points), 1.0) * max(account.value or 1.0, 1.0) * near


def _id_of(case: Case) -> str:
    account, person = case.subject
    return derived_id("intervention", case.play.key, account, person or "", case.notice.signal_id)


def _row(case: Case, now: datetime) -> Intervention:
    notice = case.notice
    return Intervention(
        intervention_id=InterventionId(_id_of(case)),
        play=case.play.key,
        account_id=AccountId(notice.account_id or ""),
        person_id=PersonId(notice.person_id) if notice.person_id else None,
        signal_id=SignalId(notice.signal_id),
        signal=notice.signal,
        state=InterventionState.NOT_SENT,
        decided_at=now,
        journey=notice.journey,
        milestone=notice.milestone,
        reason=notice.reason,
        since_on=notice.since_on,
        arm=case.arm.key if case.arm else None,
        channel=case.arm.channel if case.arm else None,
    )

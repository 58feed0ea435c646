"""Withdraw: what waits is taken back when its reason is gone, so that nobody is asked back who is back."""

from collections.abc import Iterable
from datetime import datetime

from waypost.intervene.case import holds_now
from waypost.intervene.facts import Facts, Notice
from waypost.intervene.why import WhyNot
from waypost.store import Intervention, Interventions


def withdraw(outbox: Interventions, pending: Iterable[Intervention], facts: Facts, *, now: datetime) -> None:
    """Hold back messages and open touches about people for whom the signal no longer holds, or who want none.

    A touch goes when the reasons of all its evidence are gone. What is about a whole account stays: a member can
    judge for themselves whether a score that fell is still worth a call.
    """
    whole: dict[str, list[WhyNot | None]] = {}
    for one in pending:
        whole.setdefault(one.joins or one.intervention_id, []).append(_gone(one, facts))
    for head, reasons in whole.items():
        why = reasons[0]
        if why is not None and all(reasons):
            outbox.withdraw(head, why, now)


def _gone(one: Intervention, facts: Facts) -> WhyNot | None:
    if one.person_id is None:
        return None
    person = facts.people.get((one.person_id, one.account_id))
    if person is None:
        return WhyNot.LEFT
    if one.personal and person.unwilling:
        return WhyNot.SUPPRESSED
    stand = facts.standings.get((one.person_id, one.account_id, one.journey or ""))
    notice = Notice(
        arrival=0,
        signal_id=one.signal_id,
        signal=one.signal,
        happened_at=one.decided_at,
        person_id=one.person_id,
        account_id=one.account_id,
        journey=one.journey,
        milestone=one.milestone,
    )
    held = holds_now(notice, facts.accounts.get(one.account_id), stand)
    return None if held else WhyNot.NO_LONGER_TRUE

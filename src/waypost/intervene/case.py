"""A case: one signal before one play, and the named steps that it must pass."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from waypost.intervene.arms import Arm
from waypost.intervene.facts import Account, Facts, Notice, Person, Stand
from waypost.intervene.play import Play, Signal
from waypost.intervene.policy import ContactPolicy
from waypost.intervene.why import WhyNot
from waypost.journey import Standing
from waypost.store import HoldoutPlace


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One signal before one play, with what is known about whom it concerns."""

    play: Play
    notice: Notice
    person: Person | None
    account: Account | None
    stand: Stand | None
    arm: Arm | None

    @property
    def subject(self) -> tuple[str, str | None]:
        """Whom the play would choose: an account, and a person of it or nobody."""
        return (self.notice.account_id or "", self.notice.person_id)

    @property
    def address(self) -> str | None:
        """Where the message would go, in lower case when it is a person's."""
        if self.arm is None or self.arm.fixed_address is not None:
            return self.arm.fixed_address if self.arm else None
        return self.person.email.strip().lower() if self.person and self.person.email else None


@dataclass(slots=True, kw_only=True)
class Bench:
    """What one pass over a play's cases knows, and what it has decided so far in this pass."""

    policy: ContactPolicy
    now: datetime
    places: Mapping[str, HoldoutPlace] = field(default_factory=dict)
    chosen_at: dict[tuple[str, str | None], datetime] = field(default_factory=dict)
    open_touches: dict[str, str] = field(default_factory=dict)
    planned: dict[str, int] = field(default_factory=dict)
    suppressed: frozenset[str] = frozenset()


Step = Callable[[Case, Bench], WhyNot | None]


def open_case(play: Play, notice: Notice, facts: Facts) -> Case | None:
    """Return the case of a signal before a play, or None when the play is not meant for it."""
    when = play.when
    wanted = notice.signal == when.signal and when.journey in (None, notice.journey)
    if not wanted or when.milestone not in (None, notice.milestone):
        return None
    account = facts.accounts.get(notice.account_id or "")
    person = facts.people.get((notice.person_id or "", notice.account_id or ""))
    stand = facts.standings.get((notice.person_id or "", notice.account_id or "", notice.journey or ""))
    case = Case(play=play, notice=notice, person=person, account=account, stand=stand, arm=None)
    if account is None:
        return case
    if not play.audience.holds(account, person):
        return None
    return replace(case, arm=next((each for each in play.arms if each.when.holds(account, person)), None))


def known_account(case: Case, _bench: Bench) -> WhyNot | None:
    """Keep signals of accounts that we know: the account is what holdouts are drawn by."""
    return None if case.account else WhyNot.NO_ACCOUNT


def still_there(case: Case, _bench: Bench) -> WhyNot | None:
    """Keep people who belong to the account today."""
    return WhyNot.LEFT if case.notice.person_id and case.person is None else None


def has_arm(case: Case, _bench: Bench) -> WhyNot | None:
    """Keep cases that one of the play's arms is for."""
    return None if case.arm else WhyNot.NO_ARM


def fresh_enough(case: Case, bench: Bench) -> WhyNot | None:
    """Keep signals young enough for the arm."""
    oldest = timedelta(days=case.play.age_days(case.arm)) if case.arm else timedelta()
    return WhyNot.TOO_OLD if bench.now - case.notice.happened_at > oldest else None


def still_true(case: Case, _bench: Bench) -> WhyNot | None:
    """Keep signals that say what is so now."""
    return None if holds_now(case.notice, case.account, case.stand) else WhyNot.NO_LONGER_TRUE


def out_of_cooldown(case: Case, bench: Bench) -> WhyNot | None:
    """Keep subjects that the play has not chosen lately, held out or not; evidence of an open touch is welcome."""
    if case.arm and case.arm.waits and topic(case) in bench.open_touches:
        return None
    last = bench.chosen_at.get(case.subject)
    rest = timedelta(days=case.play.cooldown_days)
    return WhyNot.COOLDOWN if last is not None and bench.now - last < rest else None


def free_elsewhere(case: Case, bench: Bench) -> WhyNot | None:
    """Keep people who do not belong to a held-out account as well."""
    accounts = case.person.elsewhere if case.person else frozenset()
    held = any(bench.places[account].held_out for account in accounts if account in bench.places)
    return WhyNot.HELD_OUT_ELSEWHERE if held else None


def has_address(case: Case, _bench: Bench) -> WhyNot | None:
    """Keep people who can be written to, when the arm writes to them."""
    return WhyNot.NO_ADDRESS if case.arm and case.arm.personal and not case.address else None


def not_suppressed(case: Case, bench: Bench) -> WhyNot | None:
    """Keep addresses that want and take messages, as far as we and the tools before us know."""
    unwilling = case.arm and case.arm.personal and case.person and case.person.unwilling
    return WhyNot.SUPPRESSED if unwilling or case.address in bench.suppressed else None


def within_week(case: Case, bench: Bench) -> WhyNot | None:
    """Keep people whose week has room for one more message."""
    if not case.arm or not case.arm.personal:
        return None
    full = bench.planned.get(case.address or "", 0) >= bench.policy.messages_per_person_per_week
    return WhyNot.WEEKLY_LIMIT if full else None


# Before the draw: what is asked of held-out accounts and of others alike, so that the groups stay comparable.
ELIGIBLE: tuple[Step, ...] = (known_account, still_there, has_arm, fresh_enough, still_true, out_of_cooldown)
# After the draw: what keeps a message from those it was meant for. They count as chosen all the same.
SENDABLE: tuple[Step, ...] = (free_elsewhere, has_address, not_suppressed, within_week)


def refusal(case: Case, bench: Bench, steps: tuple[Step, ...]) -> WhyNot | None:
    """Return why the first of these steps refuses the case; None when all keep it."""
    return next((why for step in steps if (why := step(case, bench)) is not None), None)


def topic(case: Case) -> str:
    """Return what one open touch is about: further evidence with the same topic joins it."""
    notice, arm = case.notice, case.arm.key if case.arm else ""
    return "/".join(
        (case.play.key, arm, *(part or "" for part in (notice.account_id, notice.journey, notice.milestone)))
    )


_STANDS = {
    Signal.STRAYED: {Standing.STRAYED},
    Signal.AT_RISK: {Standing.AT_RISK, Standing.STRAYED},
    Signal.LAPSED: {Standing.LAPSED},
    Signal.RETURNED: {Standing.RETURNED, Standing.ON_PATH, Standing.AT_RISK, Standing.SUSTAINED},
    Signal.SUSTAINED: {Standing.SUSTAINED},
}


def holds_now(notice: Notice, account: Account | None, stand: Stand | None) -> bool:
    """Return whether what a signal said is still so; what cannot change back always is."""
    if notice.signal == Signal.BAND_CHANGED:
        return account is None or notice.went_to in (None, account.band)
    allowed = _STANDS.get(Signal(notice.signal))
    if allowed is None or notice.journey is None:
        return True
    return stand is not None and stand.standing in allowed

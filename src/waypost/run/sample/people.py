"""The people at the accounts: names, roles, when they joined and left, and what each is like."""

from dataclasses import dataclass

import numpy as np

from waypost.run.sample import halcyon
from waypost.run.sample.accounts import Accounts, Texts
from waypost.run.sample.calendar import DAYS, NEVER, PLACES, Calendar
from waypost.run.sample.chance import Bools, Ints, Rng, drawn, picked, stream
from waypost.run.sample.halcyon import HALCYON
from waypost.run.sample.words import plain, words

ROLES = ("analyst", "admin", "manager", "clerk", "integrator", "executive")
ROLE_SHARES = {
    "analyst": 0.27,
    "admin": 0.07,
    "manager": 0.22,
    "clerk": 0.30,
    "integrator": 0.05,
    "executive": 0.09,
}
# Share of the people of a well-run and of a badly run account who are like this.
CHARACTERS = {
    "follows": (0.60, 0.22), "power": (0.10, 0.02), "strays_first_week": (0.08, 0.20), "never_came": (0.05, 0.17),
    "strays_at_30": (0.04, 0.13), "lapses": (0.04, 0.14), "automated_only": (0.05, 0.04), "sporadic": (0.04, 0.08),
}  # fmt: skip
LEAVE_A_MONTH = 0.011
BLOCKING_SHARE = 0.06
# Who is there from the first day; the share of people who come with an onboarding wave, and with an expansion.
FOUNDERS = ("admin", "analyst", "manager")
IN_WAVE, IN_GROWTH = 0.7, 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """One entry per person in every column; `joined` and `left` are day numbers, `left` is NEVER for most."""

    ids: Texts
    given: Texts
    family: Texts
    emails: Texts
    titles: Texts
    roles: Ints
    account: Ints
    place: Ints
    joined: Ints
    left: Ints
    character: Texts
    champion: Bools
    signs_renewal: Bools
    blocking: Bools
    in_story: Bools

    def __len__(self) -> int:
        return len(self.ids)

    def plays(self, *roles: str) -> Bools:
        """Return who has one of the roles."""
        return np.isin(self.roles, [ROLES.index(role) for role in roles])

    def like(self, character: str) -> Bools:
        """Return who is of this character."""
        return np.asarray(self.character == character)


def people(seed: int, days: Calendar, cast: Accounts) -> People:
    """Return everybody who has or had a seat, in the order of their accounts."""
    rng = stream(seed, "people")
    leavers = rng.poisson(cast.sizes * LEAVE_A_MONTH * np.maximum(0, DAYS - cast.live) / 30)
    leavers[HALCYON] = halcyon.LEAVERS
    account = np.repeat(np.arange(len(cast)), cast.sizes + leavers)
    size = len(account)
    rank = np.arange(size) - np.repeat(
        np.cumsum(cast.sizes + leavers) - (cast.sizes + leavers), cast.sizes + leavers
    )
    leaves = rank >= cast.sizes[account]
    roles = _roles(rng, account, rank)
    joined = days.workday(_joined(rng, cast, account, rank))
    left = np.where(
        leaves, joined + 12 + (rng.random(size) ** 0.8 * np.maximum(1, DAYS - 14 - joined)).astype(int), NEVER
    )
    left = np.where(left >= DAYS, NEVER, left)
    champion = _champions(cast, account, rank)
    gone = champion & cast.told("champion_left")[account]
    left = np.where(gone, np.maximum(cast.turn[account], joined + 30), left)
    given, family = _names(rng, cast, account)
    drafted = {
        "given": given, "family": family, "roles": roles, "joined": joined, "left": left, "champion": champion,
        "character": np.where(champion, "power", _characters(rng, cast, account, roles)),
        "titles": _titles(rng, roles), "signs_renewal": _signers(account, roles),
        "in_story": np.zeros(size, dtype=bool),
    }  # fmt: skip
    halcyon.seat(stream(seed, "halcyon"), drafted, np.flatnonzero(account == HALCYON), days)
    return People(
        ids=np.array([f"u{100_003 + 7 * n}" for n in range(size)], dtype=object),
        emails=_emails(drafted["given"], drafted["family"], cast.ids[account]),
        account=account, place=cast.places[account], **drafted,
        blocking=(rng.random(size) < BLOCKING_SHARE) & (account != HALCYON),
    )  # fmt: skip


def _roles(rng: Rng, account: Ints, rank: Ints) -> Ints:
    """Everybody draws a role; the first three at an account are its admin, an analyst and a manager."""
    drew = np.array([ROLES.index(role) for role in drawn(rng, ROLE_SHARES, len(account))], dtype=np.int64)
    for place, role in enumerate(FOUNDERS):
        drew = np.where(rank == place, ROLES.index(role), drew)
    return drew


def _joined(rng: Rng, cast: Accounts, account: Ints, rank: Ints) -> Ints:
    """Most come in the first weeks, in waves of departments; others one by one as they are hired."""
    size = len(account)
    live = cast.live[account]
    room = np.maximum(1, DAYS - 2 - live)
    wave = np.minimum(rng.exponential(9, size) + rng.choice([0, 0, 14, 35, 63], size), room - 1)
    later = rng.random(size) * room
    share_at_start = np.where(np.isin(cast.stories[account], ["expansion"]), 0.45, 0.58)
    joined = live + np.where(rng.random(size) < share_at_start, wave, later)
    onboarding = (
        cast.told("onboarding_wave")[account] & (rank >= len(FOUNDERS)) & (rng.random(size) < IN_WAVE)
    )
    joined = np.where(onboarding, cast.turn[account] + rng.exponential(4, size), joined)
    grew = cast.told("expansion")[account] & (rng.random(size) < IN_GROWTH)
    joined = np.where(grew, cast.turn[account] + rng.exponential(5, size), joined)
    still = np.isin(cast.stories[account], ["silent_churn", "gone_dark", "champion_left"])
    joined = np.where(still & (joined > cast.turn[account]), live + wave, joined)
    joined = np.where(rank < len(FOUNDERS), live + np.minimum(rng.integers(0, 3, size), room - 1), joined)
    return np.minimum(joined.astype(np.int64), DAYS - 2)


def _champions(cast: Accounts, account: Ints, rank: Ints) -> Bools:
    """Return who leads the way: the analyst who came first, except at the smallest accounts and at Halcyon."""
    return np.asarray((rank == 1) & (cast.tiers[account] != "self_serve") & (account != HALCYON))


def _names(rng: Rng, cast: Accounts, account: Ints) -> tuple[Texts, Texts]:
    lists = words()["names"]
    cultures = np.empty(len(account), dtype=object)
    for n, place in enumerate(PLACES):
        here = cast.places[account] == n
        cultures[here] = drawn(rng, place.names, int(here.sum()))
    given, family = np.empty(len(account), dtype=object), np.empty(len(account), dtype=object)
    for culture, both in lists.items():
        here = cultures == culture
        given[here] = picked(rng, both["given"], int(here.sum()))
        family[here] = picked(rng, both["family"], int(here.sum()))
    return given, family


def _characters(rng: Rng, cast: Accounts, account: Ints, roles: Ints) -> Texts:
    good, bad = (np.array([pair[n] for pair in CHARACTERS.values()]) for n in (0, 1))
    quality = cast.quality[account][:, None]
    shares = np.cumsum(good * quality + bad * (1 - quality), axis=1)
    picks = (rng.random(len(account))[:, None] * shares[:, -1:] > shares).sum(axis=1)
    drew = np.array(list(CHARACTERS), dtype=object)[picks]
    sets_schedules = np.isin(roles, [ROLES.index(role) for role in ("analyst",)])
    return np.where((drew == "automated_only") & ~sets_schedules, "follows", drew)


def _titles(rng: Rng, roles: Ints) -> Texts:
    titles = np.empty(len(roles), dtype=object)
    for n, role in enumerate(ROLES):
        titles[roles == n] = picked(rng, words()["titles"][role], int((roles == n).sum()))
    return titles


def _signers(account: Ints, roles: Ints) -> Bools:
    """Return who signs the renewal: an account's first executive; where there is none, its first admin."""
    signs = np.zeros(len(account), dtype=bool)
    for role in ("executive", "admin"):
        of_role = np.flatnonzero(roles == ROLES.index(role))
        accounts_of, first = np.unique(account[of_role], return_index=True)
        unsigned = ~np.isin(accounts_of, account[signs])
        signs[of_role[first[unsigned]]] = True
    return signs


def _emails(given: Texts, family: Texts, domains: Texts) -> Texts:
    """First name, dot, family name; a number when a colleague has the same, a short word for other scripts."""
    seen: dict[str, int] = {}
    emails: list[str] = []
    for first, last, domain in zip(given, family, domains, strict=True):
        local = ".".join(filter(None, (plain(first), plain(last)))) or "kontakt"
        key = f"{local}@{domain}"
        seen[key] = seen.get(key, 0) + 1
        emails.append(f"{local}{seen[key] if seen[key] > 1 else ''}@{domain}.example")
    return np.array(emails, dtype=object)

"""The customers: tier, place, contract, and the story that each account lives through."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from waypost.run.sample import halcyon
from waypost.run.sample.calendar import DAYS, NEVER, PLACE_SHARES, PLACES, Calendar
from waypost.run.sample.chance import Bools, Floats, Ints, Rng, between, picked, stream
from waypost.run.sample.halcyon import HALCYON
from waypost.run.sample.words import plain, words

Texts = npt.NDArray[np.object_]

# (accounts, fewest people, most people, lowest and highest value a seat and year)
TIERS = {
    "enterprise": (22, 62, 132, 690, 980),
    "growth": (60, 15, 48, 560, 900),
    "self_serve": (95, 4, 14, 240, 620),
}
STORIES = {
    "steady": 0.44, "expansion": 0.10, "onboarding_wave": 0.11, "seasonal": 0.09, "champion_left": 0.06,
    "silent_churn": 0.07, "ticket_storm": 0.04, "recovery": 0.05, "gone_dark": 0.02, "brand_new": 0.02,
}  # fmt: skip
# How well the account's people take to the product (mean), and how many days ago its story turns.
QUALITY = {
    "steady": 0.67, "expansion": 0.88, "onboarding_wave": 0.68, "seasonal": 0.70, "champion_left": 0.66,
    "silent_churn": 0.50, "ticket_storm": 0.60, "recovery": 0.74, "gone_dark": 0.55, "brand_new": 0.85,
}  # fmt: skip
TURNS = {
    "steady": (0, 0), "expansion": (60, 130), "onboarding_wave": (25, 70), "seasonal": (0, 90),
    "champion_left": (12, 40), "silent_churn": (70, 120), "ticket_storm": (10, 25), "recovery": (45, 70),
    "gone_dark": (14, 40), "brand_new": (1, 6),
}  # fmt: skip
MOVED_OVER = 0.45
# Nobody looks after the smallest accounts.
LESS_CARED_FOR = 0.07
ENDED_AGO = (9, 3)
SIGNED_EARLIER = 0.6
FIRST_WAVE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An account that is always there, and always the same."""

    name: str
    tier: str
    industry: str
    place: int
    story: str
    turned_ago: int
    value: int
    seats: int
    renews_in: int
    size: int
    quality: float


# They stand first, Halcyon foremost.
NAMED = (
    Named(
        name="Halcyon Freight", tier="enterprise", industry="Logistics", place=0, story="halcyon", turned_ago=14,
        value=148_000, seats=260, renews_in=70, size=214, quality=0.55,
    ),
    Named(
        name="Brightmoor Clinics", tier="enterprise", industry="Health", place=5, story="champion_left", turned_ago=24,
        value=96_000, seats=130, renews_in=20, size=104, quality=0.10,
    ),
    Named(
        name="Kestrel Labs", tier="enterprise", industry="Technology", place=1, story="expansion", turned_ago=24,
        value=61_000, seats=80, renews_in=163, size=66, quality=0.92,
    ),
    Named(
        name="Osprey Media", tier="growth", industry="Technology", place=6, story="gone_dark", turned_ago=26,
        value=34_000, seats=44, renews_in=117, size=33, quality=0.60,
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """One entry per account in every column; `turn` and `live` are day numbers, `ends` is NEVER for most."""

    ids: Texts
    names: Texts
    tiers: Texts
    industries: Texts
    owners: Texts
    places: Ints
    stories: Texts
    turn: Ints
    live: Ints
    ends: Ints
    sizes: Ints
    quality: Floats
    values: Ints
    seats: Ints
    starts_on: list[date]
    renews_on: list[date]

    def __len__(self) -> int:
        return len(self.ids)

    def told(self, story: str) -> Bools:
        """Return which accounts live through a story."""
        return np.asarray(self.stories == story)


def accounts(seed: int, days: Calendar, scale: float) -> Accounts:
    """Return the customers of the sample; `scale` changes how many there are, not how large they are."""
    rng = stream(seed, "accounts")
    tiers = np.concatenate(
        [[each.tier for each in NAMED], *(_of_tier(tier, scale) for tier in TIERS)]
    ).astype(object)
    size = len(tiers)
    stories = _spread(rng, size)
    stories[: len(NAMED)] = [each.story for each in NAMED]
    places = rng.choice(len(PLACES), size=size, p=np.array(PLACE_SHARES) / sum(PLACE_SHARES)).astype(np.int64)
    places[: len(NAMED)] = [each.place for each in NAMED]
    names, industries = _named(rng, size)
    sizes = np.concatenate(
        [between(rng, low, high, 1) for _, low, high, *_ in (TIERS[tier] for tier in tiers)]
    )
    sizes[: len(NAMED)] = [each.size for each in NAMED]
    turn = _turns(rng, stories)
    live = days.workday(_live(rng, stories))
    values, seats = _contracts(rng, tiers, sizes)
    starts_on, renews_on = _terms(rng, days, live)
    return Accounts(
        ids=np.array(["-".join(filter(None, map(plain, name.split()))) for name in names], dtype=object),
        names=names, tiers=tiers, industries=industries, owners=_owners(rng, size), places=places,
        stories=stories, turn=turn, live=live, ends=_ends(days, stories), sizes=sizes,
        quality=_quality(rng, stories, tiers), values=values, seats=seats, starts_on=starts_on, renews_on=renews_on,
    )  # fmt: skip


def mood(seed: int, cast: Accounts) -> Floats:
    """Return how much of its usual work each account does on each day (1 is usual): its story as a curve."""
    rng = stream(seed, "mood")
    since = np.arange(DAYS)[None, :] - cast.turn[:, None]
    after = np.clip(since, 0, None)
    curves = {
        "expansion": 0.86 + 0.24 * np.clip((since + 30) / 90, 0, 1),
        "seasonal": 1 + 0.30 * np.sin(2 * np.pi * since / 120),
        "champion_left": 1 - 0.58 * np.clip(after / 16, 0, 1),
        "silent_churn": 1 - 0.74 * np.clip(after / 85, 0, 1),
        "ticket_storm": 1 - 0.34 * np.clip(after / 10, 0, 1),
        "recovery": np.where(
            since < 0, 1 - 0.60 * np.clip((since + 60) / 40, 0, 1), 0.4 + 0.7 * np.clip(since / 21, 0, 1)
        ),
        "gone_dark": np.where(since < 0, 0.9, 0.0),
        "halcyon": 1 - 0.10 * np.clip(after / 14, 0, 1),
    }
    level = np.ones((len(cast), DAYS))
    for story, curve in curves.items():
        told = cast.told(story)
        level[told] = curve[told]
    weeks = rng.normal(0, 0.07, (len(cast), DAYS // 7 + 1)).repeat(7, axis=1)[:, :DAYS]
    running = (np.arange(DAYS) >= cast.live[:, None]) & (np.arange(DAYS) < cast.ends[:, None])
    return np.asarray(level * np.exp(weeks) * running)


def _of_tier(tier: str, scale: float) -> list[str]:
    named = sum(each.tier == tier for each in NAMED)
    return [tier] * max(2, round(TIERS[tier][0] * scale) - named)


def _spread(rng: Rng, size: int) -> Texts:
    """Every story in its share, in random order, so that a small sample has all of them too."""
    shares = np.array(list(STORIES.values()))
    ends = np.cumsum(shares) / shares.sum()
    at = (np.arange(size) + 0.5) / size
    return rng.permutation(np.array(list(STORIES), dtype=object)[np.searchsorted(ends, at)])


def _named(rng: Rng, size: int) -> tuple[Texts, Texts]:
    lists = words()["accounts"]
    seconds = [(industry, second) for industry, each in lists["second"].items() for second in each]
    taken: dict[str, str] = {each.name: each.industry for each in NAMED}
    while len(taken) < size:
        for first in rng.permutation(np.array(lists["first"], dtype=object)):
            industry, second = seconds[int(rng.integers(len(seconds)))]
            taken.setdefault(f"{first} {second}", industry)
    return np.array(list(taken)[:size], dtype=object), np.array(list(taken.values())[:size], dtype=object)


def _turns(rng: Rng, stories: Texts) -> Ints:
    ago = np.array(
        [rng.integers(low, high + 1) for low, high in (TURNS.get(story, (0, 0)) for story in stories)]
    )
    ago[: len(NAMED)] = [each.turned_ago for each in NAMED]
    return np.asarray(DAYS - 1 - ago, dtype=np.int64)


def _live(rng: Rng, stories: Texts) -> Ints:
    """Return the day on which each account went live: the first moved over at once, others were won since."""
    early = np.minimum(rng.exponential(22, len(stories)), 60)
    won = rng.uniform(50, DAYS - 70, len(stories))
    live = np.where(rng.random(len(stories)) < MOVED_OVER, early, won)
    live = np.where(stories == "onboarding_wave", DAYS - rng.uniform(70, 110, len(stories)), live)
    live = np.where(stories == "brand_new", DAYS - rng.uniform(4, 9, len(stories)), live)
    settled = np.isin(stories, ["silent_churn", "recovery", "halcyon", "champion_left", "expansion"])
    live = np.where(settled, np.minimum(early, 20), live)
    return np.where(stories == "halcyon", halcyon.LIVE, live).astype(np.int64)


def _ends(days: Calendar, stories: Texts) -> Ints:
    """Return when contracts ended: two of those who fell silent have left for good, days ago."""
    ends = np.full(len(stories), NEVER, dtype=np.int64)
    for account, ago in zip(np.flatnonzero(stories == "silent_churn"), ENDED_AGO, strict=False):
        ends[account] = days.day(ago)
    return ends


def _quality(rng: Rng, stories: Texts, tiers: Texts) -> Floats:
    means = np.array([QUALITY.get(story, 0.78) for story in stories])
    means = means - LESS_CARED_FOR * (tiers == "self_serve")
    quality = np.clip(means + rng.normal(0, 0.12, len(stories)), 0.25, 0.99)
    quality[: len(NAMED)] = [each.quality for each in NAMED]
    return np.asarray(quality)


def _contracts(rng: Rng, tiers: Texts, sizes: Ints) -> tuple[Ints, Ints]:
    seats = np.maximum(5, np.ceil(sizes * rng.uniform(1.08, 1.45, len(sizes)) / 5) * 5).astype(np.int64)
    a_seat = np.array([rng.uniform(TIERS[tier][3], TIERS[tier][4]) for tier in tiers])
    floors = np.array([{"enterprise": 60_000, "growth": 12_000, "self_serve": 600}[tier] for tier in tiers])
    tops = np.array([{"enterprise": 400_000, "growth": 59_000, "self_serve": 11_400}[tier] for tier in tiers])
    values = np.clip(np.round(seats * a_seat, -2), floors, tops).astype(np.int64)
    values[: len(NAMED)] = [each.value for each in NAMED]
    seats[: len(NAMED)] = [each.seats for each in NAMED]
    return values, seats


def _terms(rng: Rng, days: Calendar, live: Ints) -> tuple[list[date], list[date]]:
    """Contracts run for a year; some were signed before the product's move and have been renewed since."""
    older = np.where(
        (live < FIRST_WAVE) & (rng.random(len(live)) < SIGNED_EARLIER), rng.integers(20, 330, len(live)), 0
    )
    starts = [days.dates[int(day)] - timedelta(days=int(back)) for day, back in zip(live, older, strict=True)]
    renews = [start + timedelta(days=365) for start in starts]
    for n, each in enumerate(NAMED):
        renews[n] = days.today + timedelta(days=each.renews_in)
        starts[n] = renews[n] - timedelta(days=365)
    return starts, renews


def _owners(rng: Rng, size: int) -> Texts:
    owners = picked(rng, words()["owners"], size)
    owners[HALCYON] = words()["owners"][0]
    return owners

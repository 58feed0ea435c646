"""The world that all files of the sample tell of: one cast, its paths and its days."""

from dataclasses import dataclass
from datetime import datetime

from waypost.run.sample.accounts import Accounts, accounts, mood
from waypost.run.sample.activity import Activity, activity
from waypost.run.sample.calendar import Calendar
from waypost.run.sample.chance import Floats, Rng, stream
from waypost.run.sample.halcyon import HALCYON
from waypost.run.sample.paths import Paths, paths
from waypost.run.sample.people import People, people


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything that is decided before the first line is written.

    `cast` are the accounts, `who` the people, `way` their paths, `seen` their active days, and `mood` says how much
    of its usual work each account does on each day.
    """

    seed: int
    days: Calendar
    cast: Accounts
    who: People
    way: Paths
    seen: Activity
    mood: Floats

    def rng(self, part: str) -> Rng:
        """Return the random stream of one part of the sample."""
        return stream(self.seed, part)

    def at(self, person: int, day: int, minute: float) -> datetime:
        """Return the instant of a minute of a day where a person works."""
        return self.days.at(int(self.who.place[person]), day, minute)

    def account_id(self, person: int) -> str:
        """Return the id of a person's account."""
        return str(self.cast.ids[self.who.account[person]])

    def halcyon(self, given: str) -> int:
        """Return the person of Halcyon's story who has this given name and came first."""
        who = self.who
        named = (who.account == HALCYON) & who.in_story & (who.given == given)
        return int(named.argmax())


def world(seed: int, days: Calendar, scale: float) -> World:
    """Return the world of a seed; `scale` changes the number of accounts."""
    cast = accounts(seed, days, scale)
    who = people(seed, days, cast)
    moods = mood(seed, cast)
    way = paths(seed, days, cast, who)
    return World(
        seed=seed,
        days=days,
        cast=cast,
        who=who,
        way=way,
        mood=moods,
        seen=activity(seed, days, who, way, moods),
    )

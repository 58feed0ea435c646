"""The brief: what an arm's wording may say about one signal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from waypost.intervene.facts import Account, Notice, Person, Stand
from waypost.journey import Journey

# Said where a name is not known, so that a greeting still reads as one.
SOMEBODY = "there"


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """One signal in words; every word is a string on one line, and what is not known is an empty one."""

    play: str
    signal_id: str
    happened_at: datetime
    words: Mapping[str, Mapping[str, str]]


def brief(
    play: str,
    notice: Notice,
    about: tuple[Person | None, Account, Stand | None],
    *,
    journeys: Sequence[Journey],
) -> Brief:
    """Return the words for one signal about a person (or nobody) at an account."""
    person, account, stand = about
    journey = next((each for each in journeys if each.key == notice.journey), None)
    milestone = journey.milestone(notice.milestone) if journey else None
    words = {
        "account": {
            "id": account.account_id,
            "name": account.name,
            "tier": account.tier,
            "owner": account.owner,
            "renews_on": account.renews_on.isoformat() if account.renews_on else None,
        },
        "journey": {"key": notice.journey, "name": journey.name if journey else notice.journey},
        "milestone": {
            "key": notice.milestone,
            "name": milestone.name if milestone else notice.milestone,
            "missing": _listed(stand.missing) if stand else None,
        },
        "signal": {
            "name": notice.signal.replace("_", " "),
            "reason": notice.reason,
            "since_on": notice.since_on,
        },
    }
    if person:
        words["person"] = _person(person)
    return Brief(
        play=play,
        signal_id=notice.signal_id,
        happened_at=notice.happened_at,
        words={
            group: {word: " ".join((said or "").split()) for word, said in each.items()}
            for group, each in words.items()
        },
    )


def _person(person: Person) -> dict[str, str | None]:
    name = (person.name or "").strip()
    return {
        "id": person.person_id,
        "name": name or person.email or person.person_id,
        "first_name": name.split()[0] if name else SOMEBODY,
        "email": person.email,
        "role": person.role,
        "title": person.title,
    }


def _listed(says: Sequence[str]) -> str:
    """Return clauses as one phrase: "Sign in, open a dashboard and call the API"."""
    if not says:
        return ""
    first, *others = [says[0], *(_within(part) for part in says[1:])]
    return " and ".join([", ".join([first, *others[:-1]]), *others[-1:]])


def _within(part: str) -> str:
    """Return a phrase as it stands within a sentence; an abbreviation keeps its capitals."""
    return part if part[1:2].isupper() else part[:1].lower() + part[1:]

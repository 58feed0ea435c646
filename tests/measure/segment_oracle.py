"""A small world of random people and accounts, and who is in a segment of them: plain Python, written from the docs."""

import json
import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import polars as pl

from waypost.measure import STANDINGS, Condition, Level, Segment
from waypost.store import Warehouse

TODAY = date(2026, 9, 30)
JOURNEYS, MILESTONES, FEATURES = ("analyst", "clerk"), ("first_7", "first_30"), ("export", "share", "sync")
#: Use of this feature by jobs counts as use.
AUTOMATED = frozenset({"sync"})
Row = dict[str, Any]
Who = tuple[str, str]


@dataclass
class World:
    warehouse: Warehouse
    accounts: list[Row] = field(default_factory=list)
    people: dict[str, Row] = field(default_factory=dict)
    memberships: list[Row] = field(default_factory=list)
    standings: list[Row] = field(default_factory=list)
    account_standings: list[Row] = field(default_factory=list)
    usage: list[Row] = field(default_factory=list)
    scores: list[Row] = field(default_factory=list)


@cache
def world(seed: int) -> World:
    chance = random.Random(seed)
    made = World(Warehouse(None))
    made.accounts = [_account(nr, chance) for nr in range(8)]
    for nr in range(40):
        key = f"p{nr}"
        made.people[key] = _person(key, chance)
        for account in chance.sample(
            [each["account_id"] for each in made.accounts], chance.choice((1, 1, 2))
        ):
            made.memberships.append(_membership(key, account, chance))
            made.standings += _standings(key, account, chance)
            made.usage += _usage(key, account, chance)
    for each in made.accounts:
        made.account_standings += _standings("", each["account_id"], chance)
        made.scores += _scores(each["account_id"], chance)
    for table in ("accounts", "memberships", "standings", "account_standings", "usage", "scores"):
        _fill(made.warehouse, "usage_daily" if table == "usage" else table, getattr(made, table))
    _fill(made.warehouse, "people", list(made.people.values()))
    return made


def belong(made: World, segment: Segment, segments: dict[str, Segment]) -> set[tuple[str, ...]]:
    """Return who is in: ids of accounts, or (person, account) pairs."""
    alive = [each for each in made.accounts if each["ended_on"] is None or each["ended_on"] > TODAY]
    if segment.of is Level.ACCOUNTS:
        everybody: list[tuple[str, ...]] = [(each["account_id"],) for each in alive]
    else:
        everybody = [(m["person_id"], m["account_id"]) for m in made.memberships if _here(m)]
    return {who for who in everybody if _holds(made, segment, segments, who)}


def _holds(made: World, segment: Segment, segments: dict[str, Segment], who: tuple[str, ...]) -> bool:
    said: list[bool | None] = []
    for part in segment.where:
        if part.word:
            inner = [_turn(_fits(made, each, segments, who), each) for each in part.members]
            answer = _join(inner, part.word)
        else:
            answer = _fits(made, part, segments, who)
        said.append(_turn(answer, part))
    return _join(said, segment.match) is True


def _turn(answer: bool | None, condition: Condition) -> bool | None:  # noqa: FBT001 -- three values
    return answer if answer is None or not condition.negated else not answer


def _join(said: list[bool | None], word: str) -> bool | None:
    if not said:
        return True
    decisive = word == "any"
    if decisive in said:
        return decisive
    return None if None in said else not decisive


def _fits(  # noqa: C901, PLR0911 -- one answer for each kind
    made: World, c: Condition, segments: dict[str, Segment], who: tuple[str, ...]
) -> bool | None:
    account = next((each for each in made.accounts if each["account_id"] == who[-1] and _alive(each)), None)
    if c.main == "segment":
        return _in_segments(made, c, segments, who)
    if c.main in ("tier", "region", "owner", "band", "trait", "value_at_least", "value_below", "unknown"):
        return _of_account(made, c, account)
    if c.main == "renews_within_days":
        renews = account and account["renews_on"]
        return None if not renews else TODAY <= renews <= TODAY + timedelta(days=c.renews_within_days or 0)
    if c.main == "moved":
        return _moved(made, c, account)
    if c.main in ("standing", "journey", "due_within_days"):
        if len(who) == 1:
            return any(_meant(s, c) for s in made.account_standings if s["account_id"] == who[0])
        return any(_meant(s, c) for s in made.standings if (s["person_id"], s["account_id"]) == who)
    if c.main == "strays_at_least":
        strays = {
            s["person_id"]
            for s in made.standings
            if s["account_id"] == who[-1] and _stands(s, "strayed lapsed")
        }
        return len(strays) >= (c.strays_at_least or 0)
    if c.main in ("feature", "active_days"):
        return _used(made, c, who)
    if c.main == "ids":
        return who[0] in (c.ids or ())
    if c.main == "words":
        row = made.people[who[0]] if len(who) > 1 else account
        words = (c.words or "").lower()
        return row is not None and any(
            words in (row.get(name) or "").lower() for name in ("name", "email", "person_id", "account_id")
        )
    return _of_person(made, c, (who[0], who[1]))


def _of_account(made: World, c: Condition, account: Row | None) -> bool | None:
    if account is None:
        return True if c.main == "unknown" and c.unknown != "band" else None if c.main != "unknown" else True
    band = _score(made, account["account_id"], TODAY)[1] or "no_data"
    facts = {**account, "band": band}
    match c.main:
        case "unknown":
            return facts[c.unknown or ""] in (None, "no_data")
        case "trait":
            held = json.loads(account["traits"]).get(c.trait)
            return None if held is None else held == c.equals
        case "value_at_least":
            return None if facts["value"] is None else facts["value"] >= c.value_at_least
        case "value_below":
            return None if facts["value"] is None else facts["value"] < c.value_below
    asked = getattr(c, c.main)
    wanted = (asked,) if isinstance(asked, str) else asked
    return None if facts[c.main] is None else facts[c.main] in wanted


def _moved(made: World, c: Condition, account: Row | None) -> bool | None:
    if account is None:
        return None
    now, band = _score(made, account["account_id"], TODAY)
    then, before = _score(made, account["account_id"], TODAY - timedelta(days=c.in_days or 0))
    if c.moved == "band":
        return None if before is None else (band or "no_data") != before
    if now is None or then is None:
        return None
    return round(now) < round(then) if c.moved == "fell" else round(now) > round(then)


def _score(made: World, account: str, day: date) -> tuple[float | None, str | None]:
    rows = [
        s for s in made.scores if s["account_id"] == account and day - timedelta(days=30) < s["on_day"] <= day
    ]
    newest = max(rows, key=lambda s: s["on_day"], default=None)
    known = max((s for s in rows if s["score"] is not None), key=lambda s: s["on_day"], default=None)
    return (known["score"] if known else None), (newest["band"] if newest else None)


def _used(made: World, c: Condition, who: tuple[str, ...]) -> bool:
    since = TODAY - timedelta(days=c.in_days - 1) if c.in_days else date.min
    rows = [
        u
        for u in made.usage
        if u["account_id"] == who[-1]
        and (len(who) == 1 or u["person_id"] == who[0])
        and since <= u["day"] <= TODAY
        and (u["actor"] == "human" or u["feature"] in AUTOMATED)
    ]
    if c.main == "active_days":
        return len({u["day"] for u in rows}) >= (c.active_days or 0)
    n = sum(int(u["n"]) for u in rows if u["feature"] == c.feature)
    return n <= c.at_most if c.at_most is not None else n >= (c.at_least or 1)


def _in_segments(
    made: World, c: Condition, segments: dict[str, Segment], who: tuple[str, ...]
) -> bool | None:
    said: list[bool | None] = []
    for key in c.segments:
        other = segments.get(key)
        if other is None or (len(who) == 1 and other.of is Level.PEOPLE):
            said.append(None)
        else:
            said.append((who if other.of is Level.PEOPLE else who[-1:]) in belong(made, other, segments))
    return _join(said, "any")


def _of_person(made: World, c: Condition, who: Who) -> bool | None:  # noqa: PLR0911 -- one answer for each kind
    row = next(m for m in made.memberships if (m["person_id"], m["account_id"]) == who)
    match c.main:
        case "role":
            asked = (c.role,) if isinstance(c.role, str) else c.role or ()
            return None if row["role"] is None else row["role"] in asked
        case "champion":
            return bool(row["champion"] == c.champion)
        case "signs_renewal":
            return bool(row["signs_renewal"] == c.signs_renewal)
        case "seen_within_days":
            seen = made.people[who[0]]["last_seen_at"]
            return seen is not None and seen.date() >= TODAY - timedelta(days=c.seen_within_days or 0)
        case "provisioned_within_days":
            return bool(row["provisioned_on"] >= TODAY - timedelta(days=c.provisioned_within_days or 0))
        case "provisioned_from" | "provisioned_until":
            after = c.provisioned_from is None or row["provisioned_on"] >= c.provisioned_from
            return bool(
                after and (c.provisioned_until is None or row["provisioned_on"] < c.provisioned_until)
            )
        case "account":
            return who[1] in ((c.account,) if isinstance(c.account, str) else c.account or ())
    raise AssertionError(c.main)


def _meant(s: Row, c: Condition) -> bool:
    if not _stands(s, " ".join(STANDINGS)) or (c.journey and s["journey"] != c.journey):
        return False
    if c.main == "due_within_days":
        return s["due_on"] is not None and TODAY <= s["due_on"] <= TODAY + timedelta(
            days=c.due_within_days or 0
        )
    return (
        s["standing"] in c.standings
        and (c.milestone is None or s["milestone"] == c.milestone)
        and (c.within_days is None or s["since_on"] >= TODAY - timedelta(days=c.within_days))
        and (c.for_days is None or s["since_on"] <= TODAY - timedelta(days=c.for_days))
    )


def _stands(s: Row, wanted: str) -> bool:
    now = s["since_on"] <= TODAY and (s["until_on"] is None or s["until_on"] > TODAY)
    return now and s["standing"] in wanted.split()


def _here(m: Row) -> bool:
    return m["joined_on"] <= TODAY and (m["left_on"] is None or m["left_on"] > TODAY)


def _alive(account: Row) -> bool:
    return account["ended_on"] is None or account["ended_on"] > TODAY


def _ago(chance: random.Random, most: int) -> date:
    return TODAY - timedelta(days=chance.randrange(most))


def _account(nr: int, chance: random.Random) -> Row:
    return {
        "account_id": f"a{nr}",
        "name": chance.choice(("Acme", "Beta", "Gamma")) + f" {nr}",
        "tier": chance.choice(("enterprise", "growth", None)),
        "owner": chance.choice(("eva@x.test", None)),
        "region": chance.choice(("EU", "US", None)),
        "traits": json.dumps(chance.choice(({}, {"industry": "Foods"}, {"industry": "Health's"}))),
        "value": chance.choice((None, 100.0, 50_000.0)),
        "renews_on": chance.choice((None, TODAY, TODAY + timedelta(days=chance.randrange(60)))),
        "ended_on": chance.choice((None, None, None, TODAY)),
    }


def _person(key: str, chance: random.Random) -> Row:
    seen = chance.choice((None, datetime(2026, 9, 30, 8) - timedelta(days=chance.randrange(60))))  # noqa: DTZ001
    email = chance.choice((None, f"{key}@acme.test"))
    return {
        "person_id": key,
        "name": chance.choice(("Ada", "Ben", None)),
        "email": email,
        "traits": "{}",
        "last_seen_at": seen,
    }


def _membership(key: str, account: str, chance: random.Random) -> Row:
    joined = _ago(chance, 120)
    return {
        "person_id": key,
        "account_id": account,
        "role": chance.choice(("analyst", "clerk", None)),
        "champion": chance.random() < 0.3,
        "signs_renewal": chance.random() < 0.2,
        "provisioned_at": datetime(joined.year, joined.month, joined.day),  # noqa: DTZ001
        "provisioned_on": joined,
        "joined_on": joined,
        "left_on": chance.choice((None, None, None, TODAY)),
    }


def _standings(key: str, account: str, chance: random.Random) -> list[Row]:
    rows = []
    for journey in chance.sample(JOURNEYS, chance.choice((0, 1, 2))):
        since, now = (
            _ago(chance, 40),
            {"person_id": key, "account_id": account, "journey": journey, "version": 1},
        )
        earlier = {
            "since_on": since - timedelta(days=9),
            "until_on": since,
            "standing": "on_path",
            "milestone": "first_7",
        }
        later = {
            "since_on": since,
            "standing": chance.choice(STANDINGS),
            "milestone": chance.choice((*MILESTONES, None)),
            "due_on": chance.choice((None, TODAY + timedelta(days=chance.randrange(-5, 9)))),
        }
        rows += [{**now, **earlier, "missing": "[]"}, {**now, **later, "missing": "[]"}]
    return [{"until_on": None, "due_on": None, **row} for row in rows]


def _usage(key: str, account: str, chance: random.Random) -> list[Row]:
    rows = []
    for _ in range(chance.randrange(6)):
        day = _ago(chance, 40)
        at = datetime(day.year, day.month, day.day)  # noqa: DTZ001
        actor = chance.choice(("human", "human", "automated"))
        one = {
            "day": day,
            "account_id": account,
            "person_id": key,
            "feature": chance.choice(FEATURES),
            "actor": actor,
        }
        rows.append({**one, "n": chance.randrange(1, 5), "first_at": at, "last_at": at})
    return rows


def _scores(account: str, chance: random.Random) -> list[Row]:
    rows = []
    for back in range(0, 70, 1 + chance.randrange(5)):
        score = None if chance.random() < 0.2 else chance.choice((40.0, 55.4, 55.6, 80.0))
        band = (
            "no_data" if score is None else "steady" if score >= 70 else "watch" if score >= 50 else "at_risk"
        )
        on_day = TODAY - timedelta(days=back)
        rows.append(
            {
                "account_id": account,
                "on_day": on_day,
                "scorecard": "h",
                "version": 1,
                "score": score,
                "band": band,
                "inputs": "[]",
            }
        )
    return rows if chance.random() < 0.9 else []


def _fill(warehouse: Warehouse, table: str, rows: list[Row]) -> None:
    cursor = warehouse._root.cursor()
    columns = cursor.execute(f"select * from {table} limit 0").pl().columns  # noqa: S608 -- our own names
    full = [{name: row.get(name) for name in columns} for row in rows]
    cursor.register("fresh", pl.DataFrame(full, infer_schema_length=None))
    cursor.execute(f"insert into {table} select * from fresh")  # noqa: S608 -- as above
    cursor.close()

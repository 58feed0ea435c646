"""What the cast's workspace knows: its definitions, and rows for people and where they stand."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

DOCUMENTS: list[dict[str, Any]] = list(
    yaml.safe_load_all((Path(__file__).parent / "cast.yaml").read_text(encoding="utf-8"))
)


def at(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """Return an instant of 2026 in UTC as the tables hold it: without its zone."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC).replace(tzinfo=None)


STAND = {"first_7": (13, 3), "first_30": (22, 9), "first_60": (36, 9), "sustained": (89, 33)}
BACK = {"first_7": 1, "first_30": 2, "first_60": 0, "sustained": 4}
NAMED = {
    "ana": ("Ana Sousa", "Depot manager", True, False),
    "tom": ("Tom Ebert", "Operations lead", False, True),
    "leila": ("Leila Haddad", "Analyst", False, False),
    "jonas": ("Jonas Weber", "Analyst", False, False),
    "piotr": ("Piotr Zając", "Depot clerk", False, False),
}
FIRST = ("Mia", "Noah", "Ines", "Omar", "Kaja", "Liam", "Zofia", "Hugo", "Sara", "Björn", "Chloé", "Emil")
LAST = (
    "Berg",
    "Novak",
    "Silva",
    "Rossi",
    "Meyer",
    "Dubois",
    "Lund",
    "Kaya",
    "O’Neil",
    "Jansen",
    "Costa",
    "Vidal",
)
MISSED = {
    "first_7": "first_7.0",
    "first_30": "first_30.0",
    "first_60": "first_60.0",
    "sustained": "sustained.0",
}


def _halcyon() -> list[tuple[str, str, str]]:
    """Return every person of Halcyon Freight: id, milestone, standing."""
    named = {
        "ana": ("sustained", "sustained"),
        "tom": ("sustained", "lapsed"),
        "leila": ("first_60", "strayed"),
        "jonas": ("sustained", "lapsed"),
        "piotr": ("first_7", "not_started"),
    }
    found = [(key, milestone, standing) for key, (milestone, standing) in named.items()]
    number = 0
    for milestone, (on, off) in STAND.items():
        ended = milestone == "sustained"
        for strayed, count in ((False, on), (True, off)):
            here = sum(
                1
                for _, at, standing in found
                if at == milestone and (standing in ("strayed", "lapsed")) == strayed
            )
            for _ in range(count - here):
                standing = (
                    ("lapsed" if ended else "strayed") if strayed else ("sustained" if ended else "on_path")
                )
                found.append((f"h{number}", milestone, standing))
                number += 1
    return found


PEOPLE = _halcyon()


def _coming_back() -> list[tuple[str, str]]:
    found = []
    for milestone, count in BACK.items():
        strays = [
            key
            for key, at, standing in PEOPLE
            if at == milestone and standing in ("strayed", "lapsed") and key not in NAMED
        ]
        found += [(key, milestone) for key in strays[:count]]
    return found


COMING_BACK = _coming_back()
SEEN = {
    "ana": at(11, 20, 9, 42),
    "tom": at(11, 18, 9, 0),
    "leila": at(11, 10, 9, 0),
    "jonas": at(11, 5, 9, 0),
    "piotr": None,
}


def people() -> list[dict[str, Any]]:
    """Return rows of people."""
    rows = []
    for nr, (key, _, _) in enumerate(PEOPLE):
        name, title, _, _ = NAMED.get(
            key, (f"{FIRST[nr % 12]} {LAST[(nr * 7 + nr // 12) % 12]}", "Analyst", False, False)
        )
        seen = SEEN.get(key, at(11, 19, 8, 0) - timedelta(days=nr % 40))
        rows.append(
            {
                "person_id": key,
                "name": name,
                "email": f"{key}@halcyon.test",
                "title": title,
                "traits": "{}",
                "first_seen_at": at(4, 1),
                "last_seen_at": seen,
            }
        )
    extra = (
        ("priya", "Priya Raman", "Champion"),
        ("ada", "Ada Byron", "Analyst"),
        ("ben", "Ben Okri", "Analyst"),
        ("cleo", "Cleo Marsh", "Founder"),
        ("eve", "<script>alert('x')</script>", "<b>Analyst</b>"),
    )
    rows += [
        {
            "person_id": key,
            "name": name,
            "email": f"{key}@x.test",
            "title": title,
            "traits": "{}",
            "first_seen_at": at(4, 1),
            "last_seen_at": at(11, 10, 9, 0),
        }
        for key, name, title in extra
    ]
    return rows


def memberships() -> list[dict[str, Any]]:
    """Return rows of memberships."""
    began = at(4, 1)
    rows = []
    pairs = [(key, "halcyon", NAMED.get(key, ("", "", False, False))) for key, _, _ in PEOPLE]
    pairs += [
        (key, account, ("", "", False, False))
        for key, account in (("ada", "acme"), ("ben", "acme"), ("cleo", "beta"), ("eve", "evil"))
    ]
    for key, account, (_, _, champion, signs) in pairs:
        rows.append(
            {
                "person_id": key,
                "account_id": account,
                "role": "analyst",
                "champion": champion,
                "signs_renewal": signs,
                "provisioned_at": began,
                "provisioned_on": began.date(),
                "joined_on": began.date(),
            }
        )
    rows.append(
        {
            "person_id": "priya",
            "account_id": "halcyon",
            "role": "admin",
            "champion": True,
            "signs_renewal": False,
            "provisioned_at": began,
            "provisioned_on": began.date(),
            "joined_on": began.date(),
            "left_on": date(2026, 11, 11),
        }
    )
    return rows


def standings() -> list[dict[str, Any]]:
    """Return rows of standings: what held before, and what holds now."""
    since = {
        "tom": date(2026, 11, 8),
        "leila": date(2026, 11, 11),
        "jonas": date(2026, 11, 4),
        "piotr": date(2026, 11, 18),
    }
    rows = []
    everybody = [(key, "halcyon", at, standing) for key, at, standing in PEOPLE]
    everybody += [
        ("ada", "acme", "first_30", "strayed"),
        ("ben", "acme", "sustained", "sustained"),
        ("cleo", "beta", "first_7", "at_risk"),
        ("eve", "evil", "first_7", "strayed"),
    ]
    for key, account, at, standing in everybody:
        strayed = standing in ("strayed", "lapsed")
        missing = [{"clause": MISSED[at], "says": at, "value": 0.0, "needed": 1.0}] if strayed else []
        base = {"person_id": key, "account_id": account, "journey": "analyst", "version": 1, "milestone": at}
        began = since.get(key, date(2026, 10, 28))
        rows.append(
            {**base, "since_on": date(2026, 4, 1), "until_on": began, "standing": "on_path", "missing": "[]"}
        )
        rows.append(
            {**base, "since_on": began, "standing": standing, "due_on": None, "missing": json.dumps(missing)}
        )
    return rows

"""What the cast's workspace knows: its definitions, and rows for people, standings, scores, ledger and usage."""

import json
from datetime import date, datetime, timedelta
from typing import Any

DOCUMENTS: list[dict[str, Any]] = [
    {
        "kind": "tiers", "key": "tiers",
        "tiers": [
            {"key": "enterprise", "name": "Enterprise", "value_at_least": 60_000},
            {"key": "growth", "name": "Growth", "value_at_least": 12_000},
            {"key": "self_serve", "name": "Self-serve"},
        ],
    },
    {
        "kind": "catalogue", "key": "catalogue",
        "features": [
            {"key": "signed_in", "name": "Sign-ins", "group": "core", "match": [{"event": "Signed In"}]},
            {"key": "reports_exported", "name": "Reports exported", "group": "core", "match": [{"event": "Report Exported"}]},
            {"key": "reports_shared", "name": "Reports shared", "group": "core", "match": [{"event": "Report Shared"}]},
            {"key": "sources_connected", "name": "Sources connected", "match": [{"event": "Source Connected"}]},
        ],
        "settings": [
            {
                "key": "scheduled_reports", "name": "Scheduled reports", "wanted": "on",
                "match": [{"event": "Setting Changed", "where": {"property": "setting", "is": "scheduled_reports"}, "value": "value"}],
            }
        ],
    },
    {
        "kind": "journey", "key": "analyst", "name": "Analyst path",
        "milestones": [
            {"key": "first_7", "name": "First 7 days", "by_day": 7, "clauses": [
                {"feature": "signed_in", "at_least": 1, "says": "Sign in, connect a carrier", "missed": "No carrier connected"},
                {"feature": "sources_connected", "at_least": 1, "says": "Any day", "missed": "No carrier connected"}]},
            {"key": "first_30", "name": "First 30 days", "by_day": 30, "clauses": [
                {"feature": "reports_shared", "at_least": 1, "says": "Share a report", "missed": "No report shared"},
                {"active_days": 2, "in_days": 7, "says": "2 days a week"}]},
            {"key": "first_60", "name": "First 60 days", "by_day": 60, "clauses": [
                {"setting": "scheduled_reports", "is": "on", "says": "Set a schedule", "missed": "Under 2 days a week"},
                {"active_days": 3, "in_days": 7, "says": "3 days a week"}]},
            {"key": "sustained", "name": "Sustained", "rolling_days": 28, "clauses": [
                {"feature": "reports_exported", "at_least": 4, "says": "Export a report every week", "missed": "Stopped exporting"},
                {"active_days": 8, "says": "4 days a week"}]},
        ],
    },
    {
        "kind": "scorecard", "key": "health", "name": "Enterprise health", "bands": {"steady": 70, "watch": 50},
        "inputs": [
            {"key": "adoption", "name": "People on their path", "family": "Journey", "measure": {"kind": "adoption"}, "weight": 25, "curve": [[0.2, 0], [0.9, 1]]},
            {"key": "exports", "name": "Reports exported", "family": "Volume", "measure": {"kind": "feature_trend", "feature": "reports_exported", "recent_days": 28, "baseline_days": 84}, "weight": 25, "curve": [[0.3, 0], [1.5, 1]]},
            {"key": "settings", "name": "Recommended settings", "family": "Setting", "measure": {"kind": "setting_coverage"}, "weight": 15, "curve": [[0, 0], [1, 1]]},
            {"key": "support", "name": "Old urgent tickets", "family": "Support", "measure": {"kind": "open_tickets", "priorities": ["high", "urgent"], "older_than_days": 5}, "weight": 15, "curve": [[0, 1], [3, 0]]},
            {"key": "nps", "name": "NPS answers", "family": "Survey", "measure": {"kind": "latest_answer", "survey": "nps", "within_days": 180}, "weight": 10, "curve": [[3, 0], [9, 1]]},
            {"key": "team", "name": "Team changes", "family": "Team", "measure": {"kind": "team_changes", "half_life_days": 30}, "weight": 10, "curve": [[-2, 0], [1, 1]]},
        ],
    },
    {"kind": "segment", "key": "enterprise_eu", "name": "Enterprise, EU", "where": [{"tier": "enterprise"}, {"region": "EU"}]},
    {"kind": "contact_policy", "key": "contact_policy", "messages_per_person_per_week": 2,
     "quiet_hours": {"from": "20:00", "until": "07:00"}, "quiet_days": ["saturday", "sunday"]},
    {
        "kind": "play", "key": "champion_call", "name": "Call when health falls", "when": {"signal": "score_fell"},
        "goal": {"feature": "reports_exported", "within_days": 30}, "holdout_share": 0.2,
        "arms": [{"key": "call", "channel": "touch", "title": "Call about {{ account.name }}", "due_in_days": 2}],
    },
    {
        "kind": "play", "key": "first_week_back", "name": "Bring back first-week strays", "when": {"signal": "strayed", "journey": "analyst"},
        "goal": {"signal": "returned", "within_days": 14}, "holdout_share": 0.2, "audience": {"tiers": ["enterprise", "growth"]},
        "arms": [{"key": "email", "channel": "email", "subject": "Two steps left", "text": "Hello {{ person.first_name }}"}],
    },
]  # fmt: skip

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
    named = {"ana": ("sustained", "sustained"), "tom": ("sustained", "lapsed"), "leila": ("first_60", "strayed"),
             "jonas": ("sustained", "lapsed"), "piotr": ("first_7", "not_started")}  # fmt: skip
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
SEEN = {"ana": datetime(2026, 11, 20, 9, 42), "tom": datetime(2026, 11, 18, 9, 0), "leila": datetime(2026, 11, 10, 9, 0),
        "jonas": datetime(2026, 11, 5, 9, 0), "piotr": None}  # fmt: skip


def people() -> list[dict[str, Any]]:
    """Return rows of people."""
    rows = []
    for nr, (key, _, _) in enumerate(PEOPLE):
        name, title, _, _ = NAMED.get(
            key, (f"{FIRST[nr % 12]} {LAST[(nr * 7 + nr // 12) % 12]}", "Analyst", False, False)
        )
        seen = SEEN.get(key, datetime(2026, 11, 19, 8, 0) - timedelta(days=nr % 40))
        rows.append({"person_id": key, "name": name, "email": f"{key}@halcyon.test", "title": title, "traits": "{}",
                     "first_seen_at": datetime(2026, 4, 1), "last_seen_at": seen})  # fmt: skip
    extra = (("priya", "Priya Raman", "Champion"), ("ada", "Ada Byron", "Analyst"), ("ben", "Ben Okri", "Analyst"),
             ("cleo", "Cleo Marsh", "Founder"), ("eve", "<script>alert('x')</script>", "<b>Analyst</b>"))  # fmt: skip
    rows += [{"person_id": key, "name": name, "email": f"{key}@x.test", "title": title, "traits": "{}",
              "first_seen_at": datetime(2026, 4, 1), "last_seen_at": datetime(2026, 11, 10, 9, 0)} for key, name, title in extra]  # fmt: skip
    return rows


def memberships() -> list[dict[str, Any]]:
    """Return rows of memberships."""
    began = datetime(2026, 4, 1)
    rows = []
    pairs = [(key, "halcyon", NAMED.get(key, ("", "", False, False))) for key, _, _ in PEOPLE]
    pairs += [
        (key, account, ("", "", False, False))
        for key, account in (("ada", "acme"), ("ben", "acme"), ("cleo", "beta"), ("eve", "evil"))
    ]
    for key, account, (_, _, champion, signs) in pairs:
        rows.append({"person_id": key, "account_id": account, "role": "analyst", "champion": champion, "signs_renewal": signs,
                     "provisioned_at": began, "provisioned_on": began.date(), "joined_on": began.date()})  # fmt: skip
    rows.append({"person_id": "priya", "account_id": "halcyon", "role": "admin", "champion": True, "signs_renewal": False, "provisioned_at": began,
                 "provisioned_on": began.date(), "joined_on": began.date(), "left_on": date(2026, 11, 11)})  # fmt: skip
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
    everybody += [("ada", "acme", "first_30", "strayed"), ("ben", "acme", "sustained", "sustained"), ("cleo", "beta", "first_7", "at_risk"),
                  ("eve", "evil", "first_7", "strayed")]  # fmt: skip
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


def _inputs(exports: float, tickets: int) -> str:
    said = [
        {
            "input": "exports",
            "value": exports / 41,
            "share": 0.5,
            "points": 12.0,
            "weight": 25.0,
            "n": exports * 4,
            "d": 164.0,
            "why": None,
        },
        {
            "input": "support",
            "value": tickets,
            "share": 0.5,
            "points": 8.0,
            "weight": 15.0,
            "n": float(tickets),
            "d": 1.0,
            "why": None,
        },
        {
            "input": "adoption",
            "value": 160 / 214,
            "share": 0.7,
            "points": 18.0,
            "weight": 25.0,
            "n": 160.0,
            "d": 214.0,
            "why": None,
        },
    ]
    return json.dumps(said)


MOVES = [
    (date(2026, 11, 6), "exports", "2026-11-06", "faded", -9.0, datetime(2026, 11, 6, 22, 59), None, "8"),
    (
        date(2026, 11, 9),
        "settings",
        "scheduled_reports",
        "entered",
        5.0,
        datetime(2026, 11, 9, 9, 5),
        "ana",
        "on",
    ),
    (
        date(2026, 11, 11),
        "team",
        "priya:left",
        "entered",
        -6.0,
        datetime(2026, 11, 11, 11, 47),
        "priya",
        "champion left",
    ),
    (date(2026, 11, 14), "adoption", "h1", "entered", 4.0, datetime(2026, 11, 14, 13, 0), "h1", "returned"),
    (
        date(2026, 11, 17),
        "support",
        "HF-2291",
        "entered",
        -5.0,
        datetime(2026, 11, 17, 10, 20),
        None,
        "HF-2291: Carrier sync",
    ),
    (date(2026, 11, 19), "nps", "tom", "entered", -3.0, datetime(2026, 11, 19, 15, 3), "tom", "6"),
]
BESIDE = {
    "brightmoor": (52.0, -11.0, "team", "champion left"),
    "kestrel": (77.0, 6.0, "adoption", "returned"),
    "acme": (80.0, -4.0, "nps", "7"),
}


def ledger() -> list[dict[str, Any]]:
    """Return rows of the ledger."""
    rows = [
        {"account_id": "halcyon", "on_day": day, "input": made_by, "item": item, "cause": cause, "points": points, "value_before": 8.0,
         "value_after": 6.0, "happened_at": at, "person_id": person, "detail": detail}
        for day, made_by, item, cause, points, at, person, detail in MOVES
    ]  # fmt: skip
    for account, (_, points, made_by, detail) in BESIDE.items():
        rows.append({"account_id": account, "on_day": date(2026, 11, 12), "input": made_by, "item": "h2", "cause": "entered", "points": points,
                     "value_before": 9.0, "value_after": 7.0, "happened_at": datetime(2026, 11, 12, 9, 0), "person_id": "h2", "detail": detail})  # fmt: skip
    return rows


def scores(today: date) -> list[dict[str, Any]]:
    """Return rows of scores for the last 120 days."""

    def band(score: float | None) -> str:
        return (
            "no_data" if score is None else "steady" if score >= 70 else "watch" if score >= 50 else "at_risk"
        )

    rows = []

    def add(
        account: str, day: date, score: float | None, withheld: str | None = None, inputs: str = "[]"
    ) -> None:
        rows.append({"account_id": account, "on_day": day, "scorecard": "health", "version": 7, "score": score, "band": band(score),
                     "withheld": withheld, "inputs": inputs})  # fmt: skip

    for n in range(120, -1, -1):
        day = today - timedelta(days=n)
        moved = sum(points for on, _, _, _, points, _, _, _ in MOVES if on <= day)
        add(
            "halcyon",
            day,
            72.0 + moved,
            inputs=_inputs(12 if day >= date(2026, 11, 6) else 41, 2 if day >= date(2026, 11, 17) else 0),
        )
        for account, (score, points, _, _) in BESIDE.items():
            add(account, day, score + (points if day >= date(2026, 11, 12) else 0))
        add(
            "osprey/media",
            day,
            None if n < 9 else 64.0,
            "no events for 9 days, source late" if n < 9 else None,
        )
        for nr in range(48):
            add(f"acct-{nr:02}", day, float((nr * 7 + 31) % 70 + 30))
    return rows


def usage(today: date) -> list[dict[str, Any]]:
    """Return rows of usage for the named people: days a week, oldest first."""
    weeks = {"ana": (1, 2, 2, 3, 3, 4, 5, 6, 6), "tom": (6, 6, 5, 6, 4, 5, 3, 1, 0), "leila": (5, 6, 5, 4, 4, 3, 2, 2, 1),
             "jonas": (5, 5, 6, 5, 4, 3, 2, 1, 0)}  # fmt: skip
    first = today - timedelta(days=62)
    return [
        {"day": first + timedelta(days=7 * week + n), "account_id": "halcyon", "person_id": key, "feature": "reports_exported", "actor": "human",
         "n": 2, "quantity": None, "first_at": datetime(2026, 11, 1), "last_at": datetime(2026, 11, 1)}
        for key, counts in weeks.items()
        for week, count in enumerate(counts)
        for n in range(count)
    ]  # fmt: skip


HAPPENED: list[tuple[str, str, datetime, str | None, dict[str, Any]]] = [
    *(
        ("page", "Carrier rates", datetime(2026, 11, 20, 9, 42) - timedelta(minutes=3 * n), "ana", {})
        for n in range(4)
    ),
    (
        "survey",
        "nps",
        datetime(2026, 11, 19, 15, 3),
        "tom",
        {"score": 6, "comment": "Exports take me longer than the spreadsheet did."},
    ),
    (
        "ticket",
        "opened",
        datetime(2026, 11, 12, 8, 31),
        "leila",
        {"ticket_id": "HF-2291", "subject": "Carrier sync", "priority": "urgent"},
    ),
    (
        "ticket",
        "opened",
        datetime(2026, 11, 12, 8, 20),
        "leila",
        {"ticket_id": "HF-2304", "subject": "Missing labels", "priority": "urgent"},
    ),
    ("delivery", "done", datetime(2026, 11, 17, 8, 31), "tom", {"channel": "touch", "play": "champion_call"}),
    ("membership", "left", datetime(2026, 11, 11, 11, 47), "priya", {"name": "Priya Raman"}),
    (
        "row",
        "Setting Changed",
        datetime(2026, 11, 9, 9, 5),
        "ana",
        {"setting": "scheduled_reports", "value": "on"},
    ),
    *(
        (
            "track",
            "Report Exported",
            datetime(2026, 10, 30, 9, 0) - timedelta(hours=5 * n),
            f"h{n % 9}",
            {"rows": 40},
        )
        for n in range(60)
    ),
]

"""What happened to the cast: scores, why they moved, usage, and the events themselves."""

from datetime import date, datetime, timedelta
from typing import Any

from tests.show.cast_rules import at

MOVES = [
    (date(2026, 11, 6), "exports", "2026-11-06", "faded", -9.0, at(11, 6, 22, 59), None, "8"),
    (
        date(2026, 11, 9),
        "settings",
        "scheduled_reports",
        "entered",
        5.0,
        at(11, 9, 9, 5),
        "ana",
        "on",
    ),
    (
        date(2026, 11, 11),
        "team",
        "priya:left",
        "entered",
        -6.0,
        at(11, 11, 11, 47),
        "priya",
        "champion left",
    ),
    (date(2026, 11, 14), "adoption", "h1", "entered", 4.0, at(11, 14, 13, 0), "h1", "returned"),
    (
        date(2026, 11, 17),
        "support",
        "HF-2291",
        "entered",
        -5.0,
        at(11, 17, 10, 20),
        None,
        "HF-2291: Carrier sync",
    ),
    (date(2026, 11, 19), "nps", "tom", "entered", -3.0, at(11, 19, 15, 3), "tom", "6"),
]
BESIDE = {
    "brightmoor": (52.0, -11.0, "team", "champion left"),
    "kestrel": (77.0, 6.0, "adoption", "returned"),
    "acme": (80.0, -4.0, "nps", "7"),
}


def ledger() -> list[dict[str, Any]]:
    """Return rows of the ledger."""
    rows = [
        {
            "account_id": "halcyon",
            "on_day": day,
            "input": made_by,
            "item": item,
            "cause": cause,
            "points": points,
            "value_before": 8.0,
            "value_after": 6.0,
            "happened_at": at,
            "person_id": person,
            "detail": detail,
        }
        for day, made_by, item, cause, points, at, person, detail in MOVES
    ]
    for account, (_, points, made_by, detail) in BESIDE.items():
        rows.append(
            {
                "account_id": account,
                "on_day": date(2026, 11, 12),
                "input": made_by,
                "item": "h2",
                "cause": "entered",
                "points": points,
                "value_before": 9.0,
                "value_after": 7.0,
                "happened_at": at(11, 12, 9, 0),
                "person_id": "h2",
                "detail": detail,
            }
        )
    return rows


def scores(today: date) -> list[dict[str, Any]]:
    """Return rows of scores for the last 120 days."""

    def band(score: float | None) -> str:
        return (
            "no_data" if score is None else "steady" if score >= 70 else "watch" if score >= 50 else "at_risk"
        )

    rows = []

    def add(account: str, day: date, score: float | None, withheld: str | None = None) -> None:
        rows.append(
            {
                "account_id": account,
                "on_day": day,
                "scorecard": "health",
                "version": 7,
                "score": score,
                "band": band(score),
                "withheld": withheld,
            }
        )

    for n in range(120, -1, -1):
        day = today - timedelta(days=n)
        moved = sum(points for on, _, _, _, points, _, _, _ in MOVES if on <= day)
        add("halcyon", day, 72.0 + moved)
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
    weeks: dict[str, tuple[int, ...]] = {
        "ana": (1, 2, 2, 3, 3, 4, 5, 6, 6),
        "tom": (6, 6, 5, 6, 4, 5, 3, 1, 0),
        "leila": (5, 6, 5, 4, 4, 3, 2, 2, 1),
        "jonas": (5, 5, 6, 5, 4, 3, 2, 1, 0),
    }
    # Before these weeks they used it every day, for as long as any page looks back.
    earlier = 9
    weeks = {key: (*(7,) * earlier, *counts) for key, counts in weeks.items()}
    first = today - timedelta(days=62 + 7 * earlier)
    return [
        {
            "day": first + timedelta(days=7 * week + n),
            "account_id": "halcyon",
            "person_id": key,
            "feature": "reports_exported",
            "actor": "human",
            "n": 2,
            "quantity": None,
            "first_at": at(11, 1),
            "last_at": at(11, 1),
        }
        for key, counts in weeks.items()
        for week, count in enumerate(counts)
        for n in range(count)
    ]


HAPPENED: list[tuple[str, str, datetime, str | None, dict[str, Any]]] = [
    *(("page", "Carrier rates", at(11, 20, 9, 42) - timedelta(minutes=3 * n), "ana", {}) for n in range(4)),
    (
        "survey",
        "nps",
        at(11, 19, 15, 3),
        "tom",
        {"score": 6, "comment": "Exports take me longer than the spreadsheet did."},
    ),
    (
        "ticket",
        "opened",
        at(11, 12, 8, 31),
        "leila",
        {"ticket_id": "HF-2291", "subject": "Carrier sync", "priority": "urgent"},
    ),
    (
        "ticket",
        "opened",
        at(11, 12, 8, 20),
        "leila",
        {"ticket_id": "HF-2304", "subject": "Missing labels", "priority": "urgent"},
    ),
    ("delivery", "done", at(11, 17, 8, 31), "tom", {"channel": "touch", "play": "champion_call"}),
    ("membership", "left", at(11, 11, 11, 47), "priya", {"name": "Priya Raman"}),
    (
        "row",
        "Setting Changed",
        at(11, 9, 9, 5),
        "ana",
        {"setting": "scheduled_reports", "value": "on"},
    ),
    *(
        (
            "track",
            "Report Exported",
            at(10, 30, 9, 0) - timedelta(hours=5 * n),
            f"h{n % 9}",
            {"rows": 40},
        )
        for n in range(60)
    ),
]

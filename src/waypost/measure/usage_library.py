"""Every usage measure, in the order in which pages show them: a table for each dimension, a row for each measure."""

from typing import Any

from waypost.measure.usage_measures import MANY_PEOPLE, WHOEVER, Dimension, MeasureLevel, Unit, UsageMeasure

#: Minutes without an event after which the next event begins a new session.
SESSION_GAP_MINUTES = 30
NOBODY_ACTIVE = "nobody was active in the window"
NO_SEATS = "no contract in force says how many seats there are"
NO_FEATURE = "the catalogue has no feature of this group"

#: What measures of many people have in common, what those of seats and settings have, and what sessions have.
MANY: dict[str, Any] = {"levels": MANY_PEOPLE}
STATE: dict[str, Any] = {**MANY, "actors": WHOEVER}
EACH: dict[str, Any] = {**MANY, "over": "active people", "unknown": NOBODY_ACTIVE}
PER_SEAT: dict[str, Any] = {**MANY, "over": "seats", "unknown": NO_SEATS}
SESSION: dict[str, Any] = {
    "actors": ("human",),
    "said": {"gap_minutes": SESSION_GAP_MINUTES, "minutes": False},
}
MINUTES: dict[str, Any] = {
    "actors": ("human",),
    "said": {"gap_minutes": SESSION_GAP_MINUTES, "minutes": True},
}

#: key, name, unit, question, days of the window (None: everything), item, meaning, and whatever else it says.
Row = tuple[str, str, Unit, str, int | None, str, str, dict[str, Any]]


def _table(dimension: Dimension, *rows: Row) -> tuple[UsageMeasure, ...]:
    return tuple(
        UsageMeasure(
            key=key,
            name=name,
            dimension=dimension,
            unit=unit,
            question=f"measure/{question}",
            within_days=days,
            item=item,
            meaning=meaning,
            **more,
        )
        for key, name, unit, question, days, item, meaning, more in rows
    )


# fmt: off
FREQUENCY = _table(
    Dimension.FREQUENCY,
    ("active_days_7", "Active days in 7", Unit.DAYS, "usage_days", 7, "days with use",
     "Days on which anything was used. At an account or segment: by anybody.", {}),
    ("active_days_28", "Active days in 28", Unit.DAYS, "usage_days", 28, "days with use",
     "Days on which anything was used. At an account or segment: by anybody.", {}),
    ("active_days_90", "Active days in 90", Unit.DAYS, "usage_days", 90, "days with use",
     "Days on which anything was used. At an account or segment: by anybody.", {}),
    ("days_since_use", "Days since last use", Unit.DAYS, "usage_last", None, "days since the last use",
     "Days from the last day of use to the cutoff; 0 is use on the cutoff's day.",
     {"unknown": "nothing was ever used"}),
    ("weeks_active_12", "Active weeks in 12", Unit.WEEKS, "usage_weeks", 84, "weeks with use",
     "Weeks with any use. A week is seven days, counted back from the cutoff.", {}),
    ("sessions_28", "Sessions in 28 days", Unit.SESSIONS, "usage_sessions", 28, "sessions that began in the window",
     (f"Runs of a person's events at one account with no gap above {SESSION_GAP_MINUTES} minutes; a session "
     "belongs to the day on which it begins. All events of people count, of known features or not."),
     {**SESSION, "counted_by": "session_minutes_28"}),
    ("session_minutes_28", "Minutes a session in 28 days", Unit.MINUTES, "usage_sessions", 28,
     "minutes of each session",
     "Minutes from the first to the last event of a session, on average; a single event is 0 minutes.",
     {**MINUTES, "over": "sessions", "unknown": "no session began in the window"}),
    ("dau", "Active people on the day", Unit.PEOPLE, "usage_people", 1, "people who used anything",
     "People who used anything, whatever it was.", MANY),
    ("wau", "Active people in 7 days", Unit.PEOPLE, "usage_people", 7, "people who used anything",
     "People who used anything, whatever it was.", MANY),
    ("mau", "Active people in 28 days", Unit.PEOPLE, "usage_people", 28, "people who used anything",
     "People who used anything, whatever it was.", MANY),
    ("stickiness_28", "Stickiness", Unit.SHARE, "usage_person_days", 28, "each person's active days",
     "Mean people a day as a share of the people of 28 days (DAU ÷ MAU), weekends included.",
     {**EACH, "scale": 1 / 28}),
    ("l7", "L7, active days each in 7", Unit.DAYS_EACH, "usage_person_days", 7, "each person's active days",
     "On how many of 7 days an active person was there, on average. People who were not are left out.", EACH),
    ("l28", "L28, active days each in 28", Unit.DAYS_EACH, "usage_person_days", 28, "each person's active days",
     "On how many of 28 days an active person was there, on average. People who were not are left out.", EACH),
    ("rhythm_28", "Weekly rhythm", Unit.DAYS, "usage_rhythm", 28, "weekdays with their days of use",
     "Days of use by weekday, over four weeks of each weekday; every person and day counts once.", {}),
)
FEATURES = _table(
    Dimension.FEATURES,
    ("breadth_core_28", "Breadth of core", Unit.SHARE, "usage_breadth", 28, "core features in use",
     "Core features in use as a share of all core features of the catalogue.",
     {"over": "core features", "unknown": NO_FEATURE, "group": "core"}),
    ("features_28", "Features in use", Unit.FEATURES, "usage_features", 28, "features in use",
     "Features of any group that were used at least once.", {}),
    ("depth_core_28", "Depth of core", Unit.DAYS_EACH, "usage_depth", 28, "days of use of each core feature",
     "Days of use of each core feature in use, on average; every person and day counts once.",
     {"over": "core features in use", "unknown": "no core feature was used in the window", "group": "core"}),
    ("features_ever", "Features ever used", Unit.FEATURES, "usage_first_use", None, "features with their first use",
     "Features that were used at least once until the cutoff; each says when and by whom first.", {}),
    ("features_adopted_28", "Newly adopted features", Unit.FEATURES, "usage_first_use", 28,
     "features first used in the window",
     "Features whose very first use fell into the window.", {}),
    ("features_abandoned_28", "Abandoned features", Unit.FEATURES, "usage_abandoned", 28, "features no longer used",
     "Features used on at least 2 of the 56 days before the window, and not once in it.",
     {"said": {"before_days": 56, "least_days": 2}}),
)
VOLUME = _table(
    Dimension.VOLUME,
    ("uses_28", "Uses in 28 days", Unit.USES, "usage_uses", 28, "features with their uses",
     "Events that the catalogue maps to features.", {}),
    ("uses_per_person_28", "Uses per active person", Unit.USES_EACH, "usage_per_person", 28, "each person's uses",
     "Uses as a mean over the people who made them.", EACH),
    ("uses_per_seat_28", "Uses per seat", Unit.USES_EACH, "usage_per_seat", 28, "features with their uses",
     "Uses over the seats of the contracts in force at the cutoff, used or not.", PER_SEAT),
    ("feature_uses_28", "Uses of a feature", Unit.USES, "usage_of_feature", 28, "people and days with their uses",
     "Events that the catalogue maps to the one feature.", {"of_feature": True}),
    ("feature_quantity_28", "Quantity of a feature", Unit.QUANTITY, "usage_quantity", 28,
     "people and days with their quantity",
     "What the events of the one feature say they moved (rows, weeks, bytes), in their own unit.",
     {"unknown": "no event of this feature in the window says a quantity", "of_feature": True}),
    ("records_28", "Records created", Unit.RECORDS, "usage_records", 28, "names with their rows",
     "Rows that query sources read from the product's own database, by the name that their mapping gives.", {}),
)
CONFIGURATION = _table(
    Dimension.CONFIGURATION,
    ("settings_known", "Settings in force", Unit.SETTINGS, "usage_settings", None, "settings with their value",
     "Settings with a known value at the cutoff; each says its value, who set it and when.", STATE),
    ("settings_wanted", "Settings as wanted", Unit.SHARE, "usage_wanted", None, "settings at their wanted value",
     "Settings at the value that the catalogue wants, as a share of those for which it wants one.",
     {**STATE, "over": "settings with a wanted value", "unknown": "no setting has been seen"}),
    ("settings_changed_90", "Changes of settings", Unit.CHANGES, "usage_changes", 90, "changes of settings",
     "How often a setting took another value, its first value included; each says who changed it and when.", STATE),
)
SEATS = _table(
    Dimension.SEATS,
    ("people_provisioned", "People with access", Unit.PEOPLE, "usage_provisioned", None, "people with access",
     "People who belong to the account at the cutoff.", {**STATE, "said": {"state": None}}),
    ("people_active_28", "Using it", Unit.PEOPLE, "usage_provisioned", 28, "people: using it",
     "People with access who used anything themselves.", {**STATE, "said": {"state": "active"}}),
    ("people_idle_28", "Gone quiet", Unit.PEOPLE, "usage_provisioned", 28, "people: gone quiet",
     "People with access who used it before, and not in the window.", {**STATE, "said": {"state": "idle"}}),
    ("people_never_used", "Provisioned and never used", Unit.PEOPLE, "usage_provisioned", None,
     "people: provisioned and never used",
     "People with access who have never used anything themselves at the account.",
     {**STATE, "said": {"state": "never"}}),
    ("seat_use_28", "Seats in use", Unit.SHARE, "usage_seat_use", 28, "people who used anything",
     ("People who used anything, as a share of the seats of the contracts in force; above 1 there are more "
     "people than seats."),
     PER_SEAT),
)
# fmt: on

USAGE_MEASURES: tuple[UsageMeasure, ...] = (*FREQUENCY, *FEATURES, *VOLUME, *CONFIGURATION, *SEATS)
_BY_KEY = {each.key: each for each in USAGE_MEASURES}


def usage_measure(key: str) -> UsageMeasure | None:
    """Return the usage measure with this key, None when there is none."""
    return _BY_KEY.get(key)


def measures_of(level: MeasureLevel) -> list[UsageMeasure]:
    """Return the measures that can be asked of a level without naming a feature."""
    return [each for each in USAGE_MEASURES if level in each.levels and not each.of_feature]

"""Every usage measure, in the order in which pages show them."""

from waypost.measure.usage_measures import MANY_PEOPLE, WHOEVER, Dimension, MeasureLevel, Unit, UsageMeasure

#: Minutes without an event after which the next event begins a new session.
SESSION_GAP_MINUTES = 30
NOBODY_ACTIVE = "nobody was active in the window"
NO_SEATS = "no contract in force says how many seats there are"
NO_FEATURE = "the catalogue has no feature of this group"


def _active_days(days: int) -> UsageMeasure:
    return UsageMeasure(
        key=f"active_days_{days}",
        name=f"Active days in {days}",
        dimension=Dimension.FREQUENCY,
        unit=Unit.DAYS,
        question="measure/usage_days",
        within_days=days,
        meaning="Days on which anything was used. At an account or segment: by anybody.",
        item="days with use",
    )


def _people(key: str, name: str, days: int) -> UsageMeasure:
    return UsageMeasure(
        key=key,
        name=name,
        dimension=Dimension.FREQUENCY,
        unit=Unit.PEOPLE,
        question="measure/usage_people",
        within_days=days,
        levels=MANY_PEOPLE,
        meaning="People who used anything, whatever it was.",
        item="people who used anything",
    )


def _days_each(days: int) -> UsageMeasure:
    return UsageMeasure(
        key=f"l{days}",
        name=f"L{days}, active days each in {days}",
        dimension=Dimension.FREQUENCY,
        unit=Unit.DAYS_EACH,
        question="measure/usage_person_days",
        within_days=days,
        levels=MANY_PEOPLE,
        meaning=f"On how many of {days} days an active person was there, on average. People who were not are left out.",
        item="each person's active days",
        over="active people",
        unknown=NOBODY_ACTIVE,
    )


FREQUENCY = (
    _active_days(7),
    _active_days(28),
    _active_days(90),
    UsageMeasure(
        key="days_since_use",
        name="Days since last use",
        dimension=Dimension.FREQUENCY,
        unit=Unit.DAYS,
        question="measure/usage_last",
        meaning="Days from the last day of use to the cutoff; 0 is use on the cutoff's day.",
        item="days since the last use",
        unknown="nothing was ever used",
    ),
    UsageMeasure(
        key="weeks_active_12",
        name="Active weeks in 12",
        dimension=Dimension.FREQUENCY,
        unit=Unit.WEEKS,
        question="measure/usage_weeks",
        within_days=84,
        meaning="Weeks with any use. A week is seven days, counted back from the cutoff.",
        item="weeks with use",
    ),
    UsageMeasure(
        key="sessions_28",
        name="Sessions in 28 days",
        dimension=Dimension.FREQUENCY,
        unit=Unit.SESSIONS,
        question="measure/usage_sessions",
        within_days=28,
        actors=("human",),
        said={"gap_minutes": SESSION_GAP_MINUTES},
        meaning=f"Runs of a person's events at one account with no gap above {SESSION_GAP_MINUTES} minutes; a session "
        "belongs to the day on which it begins. All events of people count, of known features or not.",
        item="sessions that began in the window",
    ),
    UsageMeasure(
        key="session_minutes_28",
        name="Minutes a session in 28 days",
        dimension=Dimension.FREQUENCY,
        unit=Unit.MINUTES,
        question="measure/usage_session_minutes",
        within_days=28,
        actors=("human",),
        said={"gap_minutes": SESSION_GAP_MINUTES},
        meaning="Minutes from the first to the last event of a session, on average; a single event is 0 minutes.",
        item="minutes of each session",
        over="sessions",
        unknown="no session began in the window",
    ),
    _people("dau", "Active people on the day", 1),
    _people("wau", "Active people in 7 days", 7),
    _people("mau", "Active people in 28 days", 28),
    UsageMeasure(
        key="stickiness_28",
        name="Stickiness",
        dimension=Dimension.FREQUENCY,
        unit=Unit.SHARE,
        question="measure/usage_person_days",
        within_days=28,
        levels=MANY_PEOPLE,
        scale=1 / 28,
        meaning="Mean people a day as a share of the people of 28 days (DAU ÷ MAU), weekends included.",
        item="each person's active days",
        over="active people",
        unknown=NOBODY_ACTIVE,
    ),
    _days_each(7),
    _days_each(28),
    UsageMeasure(
        key="rhythm_28",
        name="Weekly rhythm",
        dimension=Dimension.FREQUENCY,
        unit=Unit.DAYS,
        question="measure/usage_rhythm",
        within_days=28,
        meaning="Days of use by weekday, over four weeks of each weekday; every person and day counts once.",
        item="weekdays with their days of use",
    ),
)

FEATURES = (
    UsageMeasure(
        key="breadth_core_28",
        name="Breadth of core",
        dimension=Dimension.FEATURES,
        unit=Unit.SHARE,
        question="measure/usage_breadth",
        within_days=28,
        group="core",
        meaning="Core features in use as a share of all core features of the catalogue.",
        item="core features in use",
        over="core features",
        unknown=NO_FEATURE,
    ),
    UsageMeasure(
        key="features_28",
        name="Features in use",
        dimension=Dimension.FEATURES,
        unit=Unit.FEATURES,
        question="measure/usage_features",
        within_days=28,
        meaning="Features of any group that were used at least once.",
        item="features in use",
    ),
    UsageMeasure(
        key="depth_core_28",
        name="Depth of core",
        dimension=Dimension.FEATURES,
        unit=Unit.DAYS_EACH,
        question="measure/usage_depth",
        within_days=28,
        group="core",
        meaning="Days of use of each core feature in use, on average; every person and day counts once.",
        item="days of use of each core feature",
        over="core features in use",
        unknown="no core feature was used in the window",
    ),
    UsageMeasure(
        key="features_ever",
        name="Features ever used",
        dimension=Dimension.FEATURES,
        unit=Unit.FEATURES,
        question="measure/usage_first_use",
        meaning="Features that were used at least once until the cutoff; each says when and by whom first.",
        item="features with their first use",
    ),
    UsageMeasure(
        key="features_adopted_28",
        name="Newly adopted features",
        dimension=Dimension.FEATURES,
        unit=Unit.FEATURES,
        question="measure/usage_first_use",
        within_days=28,
        meaning="Features whose very first use fell into the window.",
        item="features first used in the window",
    ),
    UsageMeasure(
        key="features_abandoned_28",
        name="Abandoned features",
        dimension=Dimension.FEATURES,
        unit=Unit.FEATURES,
        question="measure/usage_abandoned",
        within_days=28,
        said={"before_days": 56, "least_days": 2},
        meaning="Features used on at least 2 of the 56 days before the window, and not once in it.",
        item="features no longer used",
    ),
)

VOLUME = (
    UsageMeasure(
        key="uses_28",
        name="Uses in 28 days",
        dimension=Dimension.VOLUME,
        unit=Unit.USES,
        question="measure/usage_uses",
        within_days=28,
        meaning="Events that the catalogue maps to features.",
        item="features with their uses",
    ),
    UsageMeasure(
        key="uses_per_person_28",
        name="Uses per active person",
        dimension=Dimension.VOLUME,
        unit=Unit.USES_EACH,
        question="measure/usage_per_person",
        within_days=28,
        levels=MANY_PEOPLE,
        meaning="Uses as a mean over the people who made them.",
        item="each person's uses",
        over="active people",
        unknown=NOBODY_ACTIVE,
    ),
    UsageMeasure(
        key="uses_per_seat_28",
        name="Uses per seat",
        dimension=Dimension.VOLUME,
        unit=Unit.USES_EACH,
        question="measure/usage_per_seat",
        within_days=28,
        levels=MANY_PEOPLE,
        meaning="Uses over the seats of the contracts in force at the cutoff, used or not.",
        item="features with their uses",
        over="seats",
        unknown=NO_SEATS,
    ),
    UsageMeasure(
        key="feature_uses_28",
        name="Uses of a feature",
        dimension=Dimension.VOLUME,
        unit=Unit.USES,
        question="measure/usage_of_feature",
        within_days=28,
        of_feature=True,
        meaning="Events that the catalogue maps to the one feature.",
        item="people and days with their uses",
    ),
    UsageMeasure(
        key="feature_quantity_28",
        name="Quantity of a feature",
        dimension=Dimension.VOLUME,
        unit=Unit.QUANTITY,
        question="measure/usage_quantity",
        within_days=28,
        of_feature=True,
        meaning="What the events of the one feature say they moved (rows, weeks, bytes), in their own unit.",
        item="people and days with their quantity",
        unknown="no event of this feature in the window says a quantity",
    ),
    UsageMeasure(
        key="records_28",
        name="Records created",
        dimension=Dimension.VOLUME,
        unit=Unit.RECORDS,
        question="measure/usage_records",
        within_days=28,
        meaning="Rows that query sources read from the product's own database, by the name that their mapping gives.",
        item="names with their rows",
    ),
)

CONFIGURATION = (
    UsageMeasure(
        key="settings_known",
        name="Settings in force",
        dimension=Dimension.CONFIGURATION,
        unit=Unit.SETTINGS,
        question="measure/usage_settings",
        levels=MANY_PEOPLE,
        actors=WHOEVER,
        meaning="Settings with a known value at the cutoff; each says its value, who set it and when.",
        item="settings with their value",
    ),
    UsageMeasure(
        key="settings_wanted",
        name="Settings as wanted",
        dimension=Dimension.CONFIGURATION,
        unit=Unit.SHARE,
        question="measure/usage_wanted",
        levels=MANY_PEOPLE,
        actors=WHOEVER,
        meaning="Settings at the value that the catalogue wants, as a share of those for which it wants one.",
        item="settings at their wanted value",
        over="settings with a wanted value",
        unknown="no setting has been seen",
    ),
    UsageMeasure(
        key="settings_changed_90",
        name="Changes of settings",
        dimension=Dimension.CONFIGURATION,
        unit=Unit.CHANGES,
        question="measure/usage_changes",
        within_days=90,
        levels=MANY_PEOPLE,
        actors=WHOEVER,
        meaning="How often a setting took another value, its first value included; each says who changed it and when.",
        item="changes of settings",
    ),
)


def _seats(key: str, name: str, state: str | None, meaning: str, days: int | None = None) -> UsageMeasure:
    return UsageMeasure(
        key=key,
        name=name,
        dimension=Dimension.SEATS,
        unit=Unit.PEOPLE,
        question="measure/usage_provisioned",
        within_days=days,
        levels=MANY_PEOPLE,
        actors=WHOEVER,
        said={"state": state},
        meaning=meaning,
        item="people with access" if state is None else f"people: {name.lower()}",
    )


SEATS = (
    _seats(
        "people_provisioned", "People with access", None, "People who belong to the account at the cutoff."
    ),
    _seats("people_active_28", "Using it", "active", "People with access who used anything themselves.", 28),
    _seats(
        "people_idle_28",
        "Gone quiet",
        "idle",
        "People with access who used it before, and not in the window.",
        28,
    ),
    _seats(
        "people_never_used",
        "Provisioned and never used",
        "never",
        "People with access who have never used anything themselves at the account.",
    ),
    UsageMeasure(
        key="seat_use_28",
        name="Seats in use",
        dimension=Dimension.SEATS,
        unit=Unit.SHARE,
        question="measure/usage_seat_use",
        within_days=28,
        levels=MANY_PEOPLE,
        meaning="People who used anything, as a share of the seats of the contracts in force; above 1 there are more "
        "people than seats.",
        item="people who used anything",
        over="seats",
        unknown=NO_SEATS,
    ),
)

USAGE_MEASURES: tuple[UsageMeasure, ...] = (*FREQUENCY, *FEATURES, *VOLUME, *CONFIGURATION, *SEATS)
_BY_KEY = {each.key: each for each in USAGE_MEASURES}


def usage_measure(key: str) -> UsageMeasure | None:
    """Return the usage measure with this key, None when there is none."""
    return _BY_KEY.get(key)


def measures_of(level: MeasureLevel) -> list[UsageMeasure]:
    """Return the measures that can be asked of a level without naming a feature."""
    return [each for each in USAGE_MEASURES if level in each.levels and not each.of_feature]

"""The account's Usage tab: how often, which features, how much, how it is set up, and which seats stay empty."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import polars as pl
from starlette.responses import Response

from waypost.measure import Catalogue, Subjects, UsageMeasure, usage_measure, usage_sweep, usage_values
from waypost.show import words
from waypost.show.expectations import Expected
from waypost.show.measured import Asked, Number, number_of
from waypost.show.pages.account import Account, account_of
from waypost.show.pages.account_usage_features import UsedFeature, features_of
from waypost.show.pages.account_usage_weeks import Rhythm, Weeks, rhythm_of, weeks_of
from waypost.show.rows import rows_of
from waypost.show.spreadsheet import csv_response
from waypost.show.visit import Visit

WINDOW = 28
MOST_SEATS = 8
FURTHEST = 730
OFTEN = (
    "active_days_28",
    "weeks_active_12",
    "dau",
    "wau",
    "mau",
    "stickiness_28",
    "l28",
)
BROAD = ("breadth_core_28", "features_28", "depth_core_28")
MUCH = ("uses_28", "uses_per_person_28")
SESSIONS = ("sessions_28", "session_minutes_28")


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One measure of the account: people now and a window earlier, and automated use."""

    measure: UsageMeasure
    people: Number
    earlier: Number
    automated: Number


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """One setting as it stood at the cutoff."""

    setting: str
    value: str
    before: str | None
    since_at: datetime
    person_id: str | None
    person: str | None
    changes: int


class SettingRow(msgspec.Struct, frozen=True, kw_only=True):
    """One setting of the catalogue; `held` is None when its value has never been seen."""

    name: str
    wanted: str | None
    held: Setting | None

    @property
    def good(self) -> bool | None:
        """Whether it has its wanted value; None when nothing is wanted or known."""
        return None if self.wanted is None or self.held is None else self.held.value == self.wanted


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """One person with access."""

    state: str
    total: int
    person_id: str
    name: str
    role: str | None
    provisioned_on: date
    last_on: date | None


class Seats(msgspec.Struct, frozen=True, kw_only=True):
    """People with access by what they do with it; `seats` is what the contract says."""

    active: int
    idle: int
    never: int
    listed: list[Seat]
    seats: int | None

    @property
    def people(self) -> int:
        """Everybody with access."""
        return self.active + self.idle + self.never


def usage(visit: Visit) -> Response:
    """Draw the Usage tab of one account."""
    account = account_of(visit)
    cutoff = cutoff_of(visit)
    catalogue = visit.rules.catalogue
    lines = _lines(visit, account, cutoff, catalogue)
    visit.house.expectations.know(visit.rules.holidays)
    expected = visit.house.expectations.kept(account.account_id, cutoff)
    if expected is None and visit.asked("expected"):
        expected = _expected(visit, account, cutoff)
    weeks = weeks_of(visit, account, cutoff, expected=expected)
    features = features_of(visit, account.account_id, cutoff, catalogue)
    return visit.page(
        "account_usage.html",
        account=account,
        tab="usage",
        cutoff=cutoff,
        open_day=cutoff == visit.today,
        asked=_asked(account, cutoff),
        often=[lines[key] for key in OFTEN],
        broad=[lines[key] for key in BROAD],
        much=[lines[key] for key in MUCH],
        sessions=[each for key in SESSIONS if (each := usage_measure(key))],
        weeks=weeks,
        rhythm=_rhythm(visit, account, cutoff),
        features=features,
        volumes=[
            each for each in features.rows if each.quantity is not None or each.automated_quantity is not None
        ],
        volume_title=_volume(features.rows, account.seats),
        settings=_settings(visit, account, cutoff, catalogue),
        seats=_seats(visit, account, cutoff),
        window=WINDOW,
        used=any(each.people.value or each.automated.value for each in lines.values()) or bool(features.used),
    )


def sessions(visit: Visit) -> Response:
    """Draw the two rows that count sessions, which read the events themselves and so come after the page."""
    account = account_of(visit)
    cutoff = cutoff_of(visit)
    measures = [each for key in SESSIONS if (each := usage_measure(key))]
    cutoffs = [cutoff, cutoff - timedelta(days=WINDOW)]
    subjects = Subjects.accounts([account.account_id])
    found = usage_values(visit.desk.warehouse, measures, subjects, cutoffs, visit.rules.catalogue)
    return visit.page(
        "account_usage_sessions.html",
        often=[_line(found, each, _asked(account, cutoff)) for each in measures],
    )


def weeks(visit: Visit) -> Response:
    """Draw the panel of weeks against what was expected, which may need a fit and so comes after the page."""
    account = account_of(visit)
    cutoff = cutoff_of(visit)
    found = weeks_of(visit, account, cutoff, expected=_expected(visit, account, cutoff))
    return visit.page("account_usage_weeks.html", account=account, asked=_asked(account, cutoff), weeks=found)


def usage_csv(visit: Visit) -> Response:
    """Send what the tab knows of each feature as a file."""
    account = account_of(visit)
    found = features_of(visit, account.account_id, cutoff_of(visit), visit.rules.catalogue)
    return csv_response("usage.csv", UsedFeature.HEAD, [each.row() for each in found.rows])


def weeks_csv(visit: Visit) -> Response:
    """Send the weeks of the chart as a file."""
    account = account_of(visit)
    cutoff = cutoff_of(visit)
    found = weeks_of(visit, account, cutoff, expected=_expected(visit, account, cutoff))
    return csv_response("weeks.csv", Weeks.HEAD, found.table())


def cutoff_of(visit: Visit) -> date:
    """Return the day that the address asks for; the last whole day when it names none that can be asked."""
    yesterday = visit.today - timedelta(days=1)
    try:
        said = date.fromisoformat(visit.asked("cutoff"))
    except ValueError:
        return yesterday
    return min(max(said, visit.today - timedelta(days=FURTHEST)), visit.today)


def _volume(rows: Sequence[UsedFeature], seats: int | None) -> str:
    people, automated = sum(each.uses for each in rows), sum(each.automated_uses for each in rows)
    said = f"{words.plural(people, 'use', 'uses')} by people"
    if seats:
        said += f" ({words.decimal(people / seats)} a seat)"
    return f"{said}, {words.number(automated)} automated"


def _expected(visit: Visit, account: Account, cutoff: date) -> Expected:
    return visit.house.expectations.of(visit.desk, account.account_id, account.tier, cutoff)


def _asked(account: Account, cutoff: date) -> Asked:
    return Asked(level="account", id=account.account_id, cutoff=cutoff)


def _lines(visit: Visit, account: Account, cutoff: date, catalogue: Catalogue) -> dict[str, Line]:
    subjects = Subjects.accounts([account.account_id])
    cutoffs = [cutoff, cutoff - timedelta(days=WINDOW)]
    values = usage_sweep(visit.desk.warehouse, subjects, cutoffs, catalogue)
    measures = [each for key in (*OFTEN, *BROAD, *MUCH) if (each := usage_measure(key))]
    return {each.key: _line(values, each, _asked(account, cutoff)) for each in measures}


def _line(values: pl.DataFrame, measure: UsageMeasure, asked: Asked) -> Line:
    before = msgspec.structs.replace(asked, cutoff=asked.cutoff - timedelta(days=WINDOW))
    automated = msgspec.structs.replace(asked, actor="automated")
    return Line(
        measure=measure,
        people=number_of(values, measure, asked),
        earlier=number_of(values, measure, before),
        automated=number_of(values, measure, automated),
    )


def _rhythm(visit: Visit, account: Account, cutoff: date) -> Rhythm:
    asked = {"account": account.account_id, "cutoff": cutoff, "within_days": WINDOW}
    return rhythm_of(visit.desk.warehouse.ask("show/account_usage_rhythm", asked), WINDOW)


def _settings(visit: Visit, account: Account, cutoff: date, catalogue: Catalogue) -> list[SettingRow]:
    asked = {"account": account.account_id, "cutoff": cutoff}
    found = rows_of(visit.desk.warehouse.ask("show/account_usage_settings", asked), Setting)
    held = {each.setting: each for each in found}
    known = [
        SettingRow(name=each.name, wanted=each.wanted, held=held.pop(each.key, None))
        for each in catalogue.settings
    ]
    return known + [SettingRow(name=each.setting, wanted=None, held=each) for each in held.values()]


def _seats(visit: Visit, account: Account, cutoff: date) -> Seats:
    asked: dict[str, Any] = {
        "account": account.account_id,
        "cutoff": cutoff,
        "within_days": WINDOW,
        "most": MOST_SEATS,
    }
    found = rows_of(visit.desk.warehouse.ask("show/account_usage_seats", asked), Seat)
    totals = {each.state: each.total for each in found}
    return Seats(
        active=totals.get("active", 0),
        idle=totals.get("idle", 0),
        never=totals.get("never", 0),
        listed=[each for each in found if each.state == "never"],
        seats=account.seats,
    )

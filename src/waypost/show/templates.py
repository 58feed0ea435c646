"""The template engine: autoescape for everything, and a missing value is a fault and never a blank."""

from datetime import date, datetime

import jinja2

from waypost.core import day_of
from waypost.show import addresses, measured, words
from waypost.show.assets import Assets
from waypost.show.charts import marks
from waypost.show.desk import Desk
from waypost.show.icons import icon
from waypost.show.shell import done_of, shell_of

#: Filters that write a value in words, whatever day it is.
_WORDS = {
    "number": words.number,
    "decimal": words.decimal,
    "signed": words.signed,
    "points": words.points,
    "percent": words.percent,
    "fine_percent": words.fine_percent,
    "money": words.money,
    "short_money": words.short_money,
    "weekday": words.weekday,
    "initials": words.initials,
    "browser": words.browser,
    "lasted": words.lasted,
}


def engine(desk: Desk, assets: Assets) -> jinja2.Environment:
    """Return the environment that draws every page of a desk."""
    drawing = jinja2.Environment(
        loader=jinja2.PackageLoader("waypost.show", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        auto_reload=desk.development,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    clock = _Clock(desk)
    drawing.globals.update(
        icon=icon,
        **measured.QUESTIONS,
        mark=marks.mark,
        band_class=marks.band_class,
        band_word=marks.band_word,
        asset=assets.address,
        plural=words.plural,
        **_ADDRESSES,
        development=desk.development,
        shell_of=shell_of,
        done_of=done_of,
        zone=desk.zone,
    )
    drawing.filters.update(
        **_WORDS,
        **measured.FILTERS,
        day=clock.day,
        apart=clock.apart,
        clock=clock.clock,
        seen=clock.seen,
        moment=clock.moment,
        ago=clock.ago,
        stamp=clock.stamp,
    )
    return drawing


_ADDRESSES = {
    "account_address": addresses.account_address,
    "strays_address": addresses.strays_address,
    "person_address": addresses.person_address,
    "source_address": addresses.source_address,
    "piece": addresses.piece,
}


class _Clock:
    """Filters that need to know what day it is at the desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def day(self, on_day: date | None) -> str:
        return words.day(on_day, self._desk.today)

    def apart(self, on_day: date | None) -> str:
        return words.apart(on_day, self._desk.today)

    def clock(self, instant: datetime) -> str:
        return words.clock(instant, self._desk.zone)

    def moment(self, instant: datetime) -> str:
        return f"{words.day(day_of(instant, self._desk.zone), self._desk.today)}, {self.clock(instant)}"

    def seen(self, instant: datetime | None) -> str:
        return words.seen(instant, self._desk.now(), self._desk.zone)

    def ago(self, instant: datetime | None) -> str:
        return words.ago(instant, self._desk.now())

    def stamp(self, instant: datetime) -> str:
        return words.stamp(instant, self._desk.zone)

"""What each play has achieved so far: one plain sentence, and an interval when there is enough to have one."""

from datetime import datetime, timedelta

import msgspec
from markupsafe import Markup

from waypost.intervene import Play, PlayResult, results
from waypost.show import charts, words
from waypost.show.desk import Desk
from waypost.show.next_touch import Touch
from waypost.show.rules import Rules

FRESH_FOR = timedelta(minutes=5)


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """A play's result as pages show it; `bar` is empty while there is no interval."""

    says: str
    bar: Markup
    found: PlayResult


class ResultBook:
    """Results by play; each is worked out again after five minutes, since it reads every decision of the play."""

    def __init__(self) -> None:
        """Begin empty."""
        self._kept: dict[Play, tuple[datetime, Result]] = {}

    def of(self, desk: Desk, play: Play) -> Result:
        """Return the result of a play."""
        kept = self._kept.get(play)
        if kept and desk.now() - kept[0] < FRESH_FOR:
            return kept[1]
        found = results(desk.warehouse, [play], today=desk.today)[0]
        result = Result(says=found.sentence, bar=_bar(found), found=found)
        self._kept[play] = (desk.now(), result)
        return result

    def beside(self, desk: Desk, rules: Rules, touch: Touch) -> Touch:
        """Return a touch with the result of its play beside it."""
        play = rules.plays.get(touch.play)
        if play is None:
            return touch
        result = self.of(desk, play)
        effect = result.found.effect
        if not effect.treated.people + effect.held_out.people:
            return touch
        return msgspec.structs.replace(touch, result_says=result.says, result_bar=result.bar)


def _bar(found: PlayResult) -> Markup:
    effect = found.effect
    if effect.low is None or effect.high is None or effect.difference is None:
        return Markup("")
    low, point, high = (100 * value for value in (effect.low, effect.difference, effect.high))
    return charts.interval_bar(low, point, high, written=words.signed, says=found.sentence)

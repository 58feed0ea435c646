"""Learn finds out what goes with what: which interventions worked, who will be in time, what goes with staying."""

from waypost.learn.alarm import (
    ENTER_BELOW,
    LEAVE_ABOVE,
    alarm_now,
    alarms,
    is_at_risk,
    rule_at_risk,
)
from waypost.learn.effect import LEAST_ACCOUNTS, LEAST_OF_EACH, LEAST_PEOPLE, Effect, Group, effect
from waypost.learn.matter import Difference, Matter, Matters, Side, Verdict, matters
from waypost.learn.odds import OddsModel, as_known_on, fit_odds, mornings, odds_of
from waypost.learn.sensing import EARLY_DAYS, Alarm, Bin, Sensing, sense, split_day
from waypost.learn.sentence import Telling, sentence
from waypost.learn.shares import Share

__all__ = [
    "EARLY_DAYS",
    "ENTER_BELOW",
    "LEAST_ACCOUNTS",
    "LEAST_OF_EACH",
    "LEAST_PEOPLE",
    "LEAVE_ABOVE",
    "Alarm",
    "Bin",
    "Difference",
    "Effect",
    "Group",
    "Matter",
    "Matters",
    "OddsModel",
    "Sensing",
    "Share",
    "Side",
    "Telling",
    "Verdict",
    "alarm_now",
    "alarms",
    "as_known_on",
    "effect",
    "fit_odds",
    "is_at_risk",
    "matters",
    "mornings",
    "odds_of",
    "rule_at_risk",
    "sense",
    "sentence",
    "split_day",
]

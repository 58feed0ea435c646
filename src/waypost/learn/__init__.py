"""Learn finds out what goes with what: which interventions worked, who will be in time, what goes with staying."""

from waypost.learn.alarm import (
    ENTER_BELOW,
    LEAVE_ABOVE,
    alarms,
    calls,
    is_at_risk,
    rule_at_risk,
)
from waypost.learn.effect import LEAST_ACCOUNTS, LEAST_OF_EACH, LEAST_PEOPLE, Effect, Group, effect
from waypost.learn.matter import Difference, Matter, Matters, Side, Verdict, matters
from waypost.learn.odds import OddsModel, as_known_on, fit_odds, is_over, mornings, odds_of, spells_on
from waypost.learn.sensing import (
    EARLY_DAYS,
    FOR_NOTHING,
    Alarm,
    Bin,
    Called,
    Sensing,
    Tried,
    sense,
    split_day,
)
from waypost.learn.sentence import Telling, sentence
from waypost.learn.shares import Share, share_of_sums
from waypost.learn.trial import SILENT_DAYS, Month, Outcome, Trial, trial
from waypost.learn.trial_cases import LATER_DAYS, Cases, Counted
from waypost.learn.words import RULE_USED, in_percent, interval, outdone_by, said_of

__all__ = [
    "EARLY_DAYS",
    "ENTER_BELOW",
    "FOR_NOTHING",
    "LATER_DAYS",
    "LEAST_ACCOUNTS",
    "LEAST_OF_EACH",
    "LEAST_PEOPLE",
    "LEAVE_ABOVE",
    "RULE_USED",
    "SILENT_DAYS",
    "Alarm",
    "Bin",
    "Called",
    "Cases",
    "Counted",
    "Difference",
    "Effect",
    "Group",
    "Matter",
    "Matters",
    "Month",
    "OddsModel",
    "Outcome",
    "Sensing",
    "Share",
    "Side",
    "Telling",
    "Trial",
    "Tried",
    "Verdict",
    "alarms",
    "as_known_on",
    "calls",
    "effect",
    "fit_odds",
    "in_percent",
    "interval",
    "is_at_risk",
    "is_over",
    "matters",
    "mornings",
    "odds_of",
    "outdone_by",
    "rule_at_risk",
    "said_of",
    "sense",
    "sentence",
    "share_of_sums",
    "spells_on",
    "split_day",
    "trial",
]

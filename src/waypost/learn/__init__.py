"""Learn finds out which interventions worked, against those held out."""

from waypost.learn.effect import LEAST_ACCOUNTS, LEAST_OF_EACH, LEAST_PEOPLE, Effect, Group, effect
from waypost.learn.sentence import Telling, sentence

__all__ = [
    "LEAST_ACCOUNTS",
    "LEAST_OF_EACH",
    "LEAST_PEOPLE",
    "Effect",
    "Group",
    "Telling",
    "effect",
    "sentence",
]

"""Survey tallies what customers answered."""

from waypost.survey.nps import Nps, tally

__all__ = ["Nps", "tally"]

"""Sense compares before with after and raises each signal once."""

from waypost.sense.signals import QUIET_DAYS, TOLD_STANDINGS, Signal, of_accounts, of_milestones, of_people

__all__ = ["QUIET_DAYS", "TOLD_STANDINGS", "Signal", "of_accounts", "of_milestones", "of_people"]

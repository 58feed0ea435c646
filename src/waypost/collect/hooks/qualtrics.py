"""Qualtrics: its workflows send a body that somebody wrote; its own notices of a response hold no answers."""

from waypost.collect.hooks.saying import Hook
from waypost.collect.hooks.signing import told_along
from waypost.collect.hooks.surveys import written

QUALTRICS = Hook(told_along, written, signed=False)

"""Amplitude's protocol: events and identities over HTTP, and the files that it exports."""

from waypost.collect.amplitude.family import Amplitude
from waypost.collect.amplitude.lines import AmplitudeLines

__all__ = ["Amplitude", "AmplitudeLines"]

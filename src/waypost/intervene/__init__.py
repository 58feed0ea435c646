"""Intervene decides, claims, sends and records what Waypost does about a signal."""

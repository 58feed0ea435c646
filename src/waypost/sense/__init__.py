"""Sense compares before with after and raises each signal once."""

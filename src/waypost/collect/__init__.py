"""Collect lets events in, one adapter per protocol, and names every refusal."""

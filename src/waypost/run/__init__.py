"""Run wires the rooms together: settings, clock, processes, rounds and commands."""

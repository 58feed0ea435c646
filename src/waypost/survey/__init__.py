"""Survey tallies what customers answered."""

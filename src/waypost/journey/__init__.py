"""Journey says what should be done by when, and where each person stands."""

"""Properties of an act as JSON text, filled in from the two plain numbers that each act carries."""

import re

import polars as pl

from waypost.run.sample.people import ROLES

WORDS = {
    "method": ("password", "sso", "sso", "link"),
    "carrier": ("Norvia", "Transalp", "Blueline Express", "Cargorail", "Portway", "Sable and Sons", "Quickmile"),
    "role": ROLES,
    "scope": ("read", "write", "read", "read"),
    "every": ("night", "week", "week", "month"),
    "topic": ("load.late", "load.delivered", "claim.opened"),
    "view": ("Network overview", "Depot throughput", "Lane costs", "Late loads", "Carrier scorecard"),
    "article": ("first-steps", "share-a-report", "schedules", "carrier-sync", "roles"),
    "course": ("Admin training", "Reports in an hour", "Boards for depots"),
    "tip": ("filters", "schedules", "lanes"),
    "theme": ("dark", "light"),
}  # fmt: skip
# The first number picks out a thing or a small count; the second is an amount with a long tail.
NUMBERS = {
    "id": 4000 + pl.col("a") % 900,
    "load": 700_000 + pl.col("a") % 90_000,
    "few": 2 + pl.col("a") % 6,
    "rows": pl.col("b").mul(9).cast(pl.Int64),
}


def filled(template: str) -> pl.Expr:
    """Return a template with each <name> replaced by a word or number of the act at hand."""
    return pl.concat_str([_piece(piece) for piece in re.split(r"(<\w+>)", template) if piece])


def _piece(piece: str) -> pl.Expr:
    name = piece.strip("<>")
    if not piece.startswith("<"):
        return pl.lit(piece)
    if name in NUMBERS:
        return NUMBERS[name].cast(pl.String)
    words = WORDS[name]
    return pl.lit(pl.Series(words)).gather(pl.col("a") % len(words))

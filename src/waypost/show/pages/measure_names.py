"""The names of the people and accounts that items point to."""

import polars as pl

from waypost.show.visit import Visit


def names_of(visit: Visit, people: list[str], accounts: list[str]) -> dict[str, dict[str, str]]:
    """Return names by id, of people under `person` and of accounts under `account`; who is gone has none."""
    frames = {
        "of_people": pl.DataFrame({"person_id": people}, schema={"person_id": pl.String}),
        "of_accounts": pl.DataFrame({"account_id": accounts}, schema={"account_id": pl.String}),
    }
    found = visit.desk.warehouse.ask("show/measured_names", frames=frames)
    return {
        kind: dict(found.filter(pl.col("kind") == kind).select("id", "name").rows())
        for kind in ("person", "account")
    }

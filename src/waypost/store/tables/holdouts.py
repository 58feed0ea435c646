"""Holdouts: which accounts each play leaves alone, drawn once and stored before any contact."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from waypost.store.operations import Operations, metadata
from waypost.store.tables.instant import Instant

holdouts = sa.Table(
    "holdouts",
    metadata,
    sa.Column("play", sa.Text, primary_key=True),
    sa.Column("account_id", sa.Text, primary_key=True),
    sa.Column("held_out", sa.Boolean, nullable=False),
    sa.Column("share", sa.Float, nullable=False),
    sa.Column("drawn_at", Instant, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldoutPlace:
    """Where one account stands in one play; `share` is the part of accounts that was held out when drawn."""

    held_out: bool
    share: float


class Holdouts:
    """Questions and acts on who is held out."""

    def __init__(self, operations: Operations) -> None:
        """Work on the operational tables of one workspace."""
        self._operations = operations

    def draw(self, play: str, drawn: Mapping[str, HoldoutPlace], *, now: datetime) -> None:
        """Store the places of accounts; a place once stored never changes, whatever the share is later."""
        rows_to_add = [
            {
                "play": play,
                "account_id": account,
                "held_out": place.held_out,
                "share": place.share,
                "drawn_at": now,
            }
            for account, place in drawn.items()
        ]
        if rows_to_add:
            with self._operations.begin() as rows:
                rows.execute(insert(holdouts).on_conflict_do_nothing(), rows_to_add)

    def places(self, play: str) -> dict[str, HoldoutPlace]:
        """Return the place of every account that a play has drawn."""
        c = holdouts.c
        with self._operations.begin() as rows:
            found = rows.execute(sa.select(c.account_id, c.held_out, c.share).where(c.play == play))
            return {account: HoldoutPlace(held_out=bool(held), share=share) for account, held, share in found}

    def any_held_out(self, play: str, accounts: Collection[str]) -> bool:
        """Return whether a play holds out at least one of these accounts."""
        c = holdouts.c
        some = sa.select(sa.func.count()).where(c.play == play, c.account_id.in_(list(accounts)), c.held_out)
        with self._operations.begin() as rows:
            return bool(rows.scalar(some))

    def plays_holding_out(self, account_id: str) -> Sequence[str]:
        """Return the plays that leave an account alone."""
        c = holdouts.c
        with self._operations.begin() as rows:
            question = sa.select(c.play).where(c.account_id == account_id, c.held_out).order_by(c.play)
            return list(rows.scalars(question))
